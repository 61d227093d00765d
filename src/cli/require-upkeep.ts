import type { TargetSession } from "../operations/target-session.ts";
import type { ServerPolicies, ServerUpkeep } from "../ports/server-upkeep.ts";
import { CliError, usageError } from "./cli-error.ts";
import { EXIT } from "./exit-codes.ts";

/** What a registry does to itself; a usage error for any other target. */
export async function requireUpkeep({ target, upkeep }: TargetSession): Promise<ServerUpkeep> {
  if (upkeep !== undefined) return upkeep();
  throw usageError(`${target.name} is not a registry`, "Name one: -t registry://HOST/REPOSITORY.");
}

/** The retention that a registry carries out by itself. */
export async function requirePolicies(session: TargetSession): Promise<ServerPolicies> {
  const { policies } = await requireUpkeep(session);
  if (policies !== undefined) return policies;
  throw new CliError(
    `${session.target.name} has no retention of its own that is known here`,
    [
      "DTR and Harbor have. Say which product it is where that was not found out: -t registry+dtr://HOST.",
    ],
    EXIT.usage,
  );
}

/** The name of the registry in references. */
export function hostOf({ target }: TargetSession): string {
  return target.address.replace(/^[a-z+]*:\/\//, "").replace(/\/.*$/, "");
}
