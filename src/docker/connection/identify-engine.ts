import type { VersionRange } from "./api-version.ts";
import type { EngineConnection, RequestOptions } from "./engine-connection.ts";
import { EngineError } from "../engine-error.ts";

/** What answers at the other end, by its own account. */
export interface EngineVersion {
  readonly product: "docker" | "podman";
  readonly version: string;
  /** The newest API version that it speaks. */
  readonly apiVersion: string;
}

/**
 * Who answers, by the headers of `HEAD /_ping`: half a millisecond where `GET /version` takes six, for which engines start
 * their runtime to ask its version. Undefined where something in between has taken the headers away.
 */
export async function pingEngine(
  connection: EngineConnection,
  options: RequestOptions,
): Promise<EngineVersion | undefined> {
  try {
    const { headers } = await connection.request("HEAD", "/_ping", options);
    const apiVersion = headers["api-version"];
    const [, server, version] = /^(Docker|Libpod)\/(\S+)/.exec(String(headers["server"])) ?? [];
    if (typeof apiVersion !== "string" || version === undefined) return undefined;
    return { product: server === "Libpod" ? "podman" : "docker", version, apiVersion };
  } catch (error) {
    if (error instanceof EngineError && error.status !== undefined) return undefined;
    throw error;
  }
}

/** `GET /version`, as far as it is read. */
interface VersionAnswer {
  readonly Version?: string;
  readonly ApiVersion?: string;
  readonly MinAPIVersion?: string;
  readonly Components?: readonly { readonly Name?: string }[] | null;
}

/** Who answers and which API versions it speaks. */
export async function askVersion(
  connection: EngineConnection,
  options: RequestOptions,
): Promise<{ readonly engine: EngineVersion; readonly range: VersionRange }> {
  const { body } = await connection.request("GET", "/version", options);
  const { Version: version, ApiVersion: apiVersion, ...answer } = (body ?? {}) as VersionAnswer;
  if (typeof version !== "string" || typeof apiVersion !== "string") {
    throw connection.error("protocol", "GET /version", "the answer is not a container engine's");
  }
  const isPodman = answer.Components?.some(({ Name }) => Name?.includes("Podman Engine")) ?? false;
  return {
    engine: { product: isPodman ? "podman" : "docker", version, apiVersion },
    range: { oldest: answer.MinAPIVersion ?? apiVersion, newest: apiVersion },
  };
}
