import { resolve } from "node:path";

import type { RecoveryBin } from "../ports/recovery-bin.ts";
import type { CliContext } from "./cli-context.ts";
import type { FlagTable } from "./command.ts";
import { namedBin } from "./recovery-promise.ts";

/** Of every command that reads the content of images in the recovery bin. */
export const IDENTITY_FLAG = {
  identity: {
    kind: "value",
    placeholder: "FILE",
    completion: "file",
    help: "the age identities that open an encrypted recovery bin (default: PLIMSOLL_BIN_IDENTITY)",
  },
} as const satisfies FlagTable;

interface IdentityFlag {
  readonly identity?: string;
}

/** The file that was named, as an absolute path. */
export function namedIdentity({ identity }: IdentityFlag): string | undefined {
  return identity === undefined ? undefined : resolve(identity);
}

/** The bin that the flags name, with the identity that they name. */
export async function openNamedBin(
  context: CliContext,
  flags: IdentityFlag & { readonly bin?: string },
): Promise<RecoveryBin> {
  const bin = await context.openBin(namedBin(flags));
  useNamedIdentity(bin, flags);
  return bin;
}

export function useNamedIdentity({ encryption }: RecoveryBin, flags: IdentityFlag): void {
  const file = namedIdentity(flags);
  if (file !== undefined) encryption.useIdentity(file);
}
