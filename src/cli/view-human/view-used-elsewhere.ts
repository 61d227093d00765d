import type { ForeignUse } from "../../inventory/foreign-use.ts";
import { sayHost, sayUsesElsewhere, type Held } from "../../plan/foreign-use.ts";
import { printable } from "./printable.ts";

/** So many users are named in a cell of a table. */
const MAX_USERS = 2;

/**
 * `web on build-1, shop/api on kubernetes:prod +3`, `on build-1` where it is only present; empty where nobody has it. For the
 * last cell of a line.
 */
export function nameUsers(held: readonly Held[]): string {
  const uses = held.flatMap(({ host, users }) => users.map(({ name }) => `${name} on ${host}`));
  const all = uses.length > 0 ? uses : held.map(({ host }) => `on ${host}`);
  const names = [...new Set(all)].toSorted().map(printable);
  const rest = names.length - MAX_USERS;
  return `${names.slice(0, MAX_USERS).join(", ")}${rest > 0 ? ` +${rest}` : ""}`;
}

/** Everything that uses an image on other hosts, a line each, and the hosts that only have it. */
export function listUsers(held: readonly Held[]): readonly string[] {
  const idle = held.filter(({ users }) => users.length === 0);
  const present = idle.map(({ host }) => `nothing on ${sayHost(host)}, which has it`);
  return [...sayUsesElsewhere(held), ...new Set(present)].map(printable);
}

/** Who was asked what is in use of a registry, and whose answer is missing. */
export function describeAsked(foreignUse: ForeignUse | undefined): string {
  if (foreignUse === undefined)
    return "Nobody was asked what is in use: a policy file names the hosts (-p FILE).\n";
  const named = foreignUse.hosts.map(({ name, complete }) =>
    complete ? name : `${name} (no whole answer)`,
  );
  return `Asked what is in use: ${printable(named.join(", "))}.\n`;
}
