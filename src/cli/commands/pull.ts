import { familiarName } from "../../oci/reference.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { normalisedReference, transferOf, withTransferProgress } from "../transfer.ts";
import { writeJson } from "../view-json.ts";
import { withTarget } from "../with-target.ts";

export const command = defineCommand({
  operands: "<name>",
  description: "Fetches an image from its registry, with the credentials of the docker CLI.",
  flags: {
    platform: {
      kind: "value",
      placeholder: "OS/ARCH",
      help: "one platform of an image that has several",
    },
    quiet: { kind: "switch", short: "q", help: "no progress; print only the name" },
  },
  examples: [
    { command: "pull registry.example.com/team/app:1.4", does: "with progress" },
    {
      command: "pull --platform linux/arm64 -q alpine:3.22",
      does: "a multi-platform image for one platform",
    },
  ],
  run(context, { operands, flags }) {
    const reference = normalisedReference(operands[0] ?? "");
    const quiet = flags.quiet ?? false;
    return withTarget(context, flags.target, async (session) => {
      const transfer = transferOf(session);
      const { digest } = await withTransferProgress(context, quiet, (onProgress) =>
        transfer.pull(reference, {
          signal: context.signal,
          onProgress,
          ...(flags.platform === undefined ? {} : { platform: flags.platform }),
        }),
      );
      if (flags.json) writeJson(context.stdout, { reference, digest });
      else if (quiet) context.stdout.write(`${reference}\n`);
      else
        context.stdout.write(
          `Pulled ${familiarName(reference)}${digest === undefined ? "" : ` (${digest})`}\n`,
        );
      return EXIT.done;
    });
  },
});
