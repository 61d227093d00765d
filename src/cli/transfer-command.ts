import { familiarName } from "../oci/reference.ts";
import type { CliContext } from "./cli-context.ts";
import type { FlagTable, Invocation } from "./command.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { transferOf, withTransferProgress } from "./transfer.ts";
import { normalisedReference } from "./typed-name.ts";
import { writeJson } from "./view-json.ts";
import { withTarget } from "./with-target.ts";

export const TRANSFER_FLAGS = {
  platform: {
    kind: "value",
    placeholder: "OS/ARCH",
    help: "one platform of an image that has several",
  },
  quiet: { kind: "switch", short: "q", help: "no progress; print only the name" },
} as const satisfies FlagTable;

const DONE = { pull: "Pulled", push: "Pushed" } as const;

/** Pulls or pushes the named image, and tells what came of it. */
export function runTransfer(
  way: keyof typeof DONE,
  context: CliContext,
  { operands, flags }: Invocation<typeof TRANSFER_FLAGS>,
): Promise<ExitCode> {
  const reference = normalisedReference(operands[0] ?? "");
  const quiet = flags.quiet ?? false;
  return withTarget(context, flags.target, async (session) => {
    const transfer = transferOf(session);
    const { digest } = await withTransferProgress(context, quiet, (onProgress) =>
      transfer[way](reference, {
        signal: context.signal,
        onProgress,
        ...(flags.platform === undefined ? {} : { platform: flags.platform }),
      }),
    );
    if (flags.json) writeJson(context.stdout, { reference, digest });
    else if (quiet) context.stdout.write(`${reference}\n`);
    else
      context.stdout.write(
        `${DONE[way]} ${familiarName(reference)}${digest === undefined ? "" : ` (${digest})`}\n`,
      );
    return EXIT.done;
  });
}
