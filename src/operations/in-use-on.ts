import {
  foreignUseOf,
  silentHost,
  type ForeignHost,
  type ForeignUse,
} from "../inventory/foreign-use.ts";
import type { Policy } from "../policy/policy.ts";
import { eachInParallel } from "../concurrency/each-in-parallel.ts";

/** Hosts asked at once. */
const HOSTS_AT_ONCE = 8;

/** Names of the engines and clusters that a policy wants asked about the images of a registry; undefined: it says nothing. */
export function hostsInUseOn({ inUseOn, targets = {} }: Policy): readonly string[] | undefined {
  if (inUseOn !== undefined) return [...new Set(inUseOn)];
  const engines = Object.entries(targets).filter(([, { kind }]) => kind === "engine");
  return engines.length === 0 ? undefined : engines.map(([name]) => name);
}

/** A host to be asked. */
export interface AskableHost {
  readonly name: string;
  readonly ask: () => Promise<ForeignHost>;
}

export interface AskHosts {
  readonly onHost: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

/** Asks every host what it holds and uses. One that does not answer is part of the evidence, not an error. */
export async function askHosts(
  hosts: readonly AskableHost[],
  { onHost, signal }: AskHosts,
): Promise<ForeignUse> {
  const answers: ForeignHost[] = [];
  await eachInParallel(hosts, { limit: HOSTS_AT_ONCE }, async ({ name, ask }) => {
    try {
      answers.push(await ask());
    } catch (error) {
      signal.throwIfAborted();
      answers.push(silentHost(name, error instanceof Error ? error.message : String(error)));
    }
    onHost(answers.length, hosts.length);
  });
  return foreignUseOf(answers);
}

/** What was saved of hosts, and for a saved inventory, beside which no host is asked, the hosts that it has no word of. */
export function withUnasked(saved: readonly ForeignHost[], wanted: readonly string[]): ForeignUse {
  const known = new Set(saved.map(({ name }) => name));
  const missing = wanted.filter((name) => !known.has(name));
  const unasked = missing.map((name) =>
    silentHost(name, "a saved inventory is decided about without asking it"),
  );
  return foreignUseOf([...saved, ...unasked]);
}
