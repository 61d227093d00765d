import type { TargetSession } from "../operations/target-session.ts";
import type { ServerPolicies } from "../ports/server-upkeep.ts";
import { CliError, usageError } from "./cli-error.ts";
import { EXIT } from "./exit-codes.ts";

/** The retention that a registry carries out by itself. */
export async function requirePolicies({ target, upkeep }: TargetSession): Promise<ServerPolicies> {
  if (upkeep === undefined)
    throw usageError(
      `${target.name} is a ${target.kind}, not a registry`,
      "Name one: -t registry://HOST/REPOSITORY.",
    );
  const { policies } = await upkeep();
  if (policies !== undefined) return policies;
  throw new CliError(
    `${target.name} has no retention of its own that is known here`,
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
