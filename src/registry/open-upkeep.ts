import type { ServerUpkeep } from "../ports/server-upkeep.ts";
import { createPresenceCheck } from "./check-presence.ts";
import type { RegistryAccess } from "./registry-access.ts";

/** What a registry does to itself, or to the one repository that is meant. */
export async function openUpkeep(
  access: RegistryAccess,
  repository: string | undefined,
  signal: AbortSignal,
): Promise<ServerUpkeep> {
  const { name, can, policies, collection } = await access.vendor(signal);
  const only = async function* (): AsyncGenerator<string> {
    if (repository !== undefined) yield repository;
  };
  return {
    product: { name, can },
    check: createPresenceCheck((checking) => access.client(checking)),
    ...(policies === undefined
      ? {}
      : { policies: repository === undefined ? policies : { ...policies, repositories: only } }),
    ...(collection === undefined ? {} : { collection }),
  };
}
