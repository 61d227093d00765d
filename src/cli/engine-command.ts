import type { Inventory } from "../inventory/inventory.ts";
import { shellQuote } from "./policy-flags.ts";

/** How the engine's own program is told of the target that was asked for: `docker -H tcp://host:1`, `podman`. */
export function engineCommand(
  { engine }: Pick<Inventory, "engine">,
  target: string | undefined,
): string {
  const program = engine?.product ?? "docker";
  if (target === undefined || target === "docker://" || target === "podman://") return program;
  const context = /^(?:docker:\/\/|context:)?([^:/]+)$/.exec(target)?.[1];
  if (context !== undefined) return `${program} -c ${shellQuote(context)}`;
  return `${program} ${program === "podman" ? "--url" : "-H"} ${shellQuote(target)}`;
}
