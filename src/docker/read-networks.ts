import type { Network } from "../inventory/resources.ts";
import type { EngineClient } from "./connection/engine-client.ts";
import { engineTime } from "./read-time.ts";

/** One element of `GET /networks`, as far as it is read. */
export interface NetworkAnswer {
  readonly Id: string;
  readonly Name: string;
  readonly Driver?: string;
  readonly Scope?: string;
  readonly Created?: string;
  readonly Ingress?: boolean;
  readonly Labels?: Readonly<Record<string, string>> | null;
}

const MADE_BY_ENGINES: ReadonlySet<string> = new Set([
  "bridge",
  "docker_gwbridge",
  "host",
  "ingress",
  "none",
  "podman",
]);

export async function readNetworks(
  client: EngineClient,
  signal: AbortSignal,
): Promise<readonly Network[]> {
  const answer = await client.getJson<readonly NetworkAnswer[] | null>("/networks", { signal });
  return (answer ?? []).map(toNetwork);
}

export function toNetwork(answer: NetworkAnswer): Network {
  const createdAt = engineTime(answer.Created);
  return {
    id: answer.Id,
    name: answer.Name,
    driver: answer.Driver ?? "",
    scope: answer.Scope ?? "",
    builtIn: MADE_BY_ENGINES.has(answer.Name) || answer.Ingress === true,
    ...(createdAt === undefined ? {} : { createdAt }),
    labels: answer.Labels ?? {},
  };
}
