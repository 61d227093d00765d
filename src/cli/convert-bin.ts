import { formatSize } from "../policy/size.ts";
import type { BinConversion, ConversionOptions } from "../ports/bin-encryption.ts";
import type { RecoveryBin } from "../ports/recovery-bin.ts";
import type { CliContext } from "./cli-context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { printable } from "./view-human/printable.ts";
import { createProgress } from "./view-human/progress.ts";
import { count } from "./view-human/view-bytes.ts";
import { writeJson } from "./view-json.ts";

const SCHEMA = "plimsoll.bin-encryption/1";

type Form = "encrypted" | "decrypted";

/** Changes the form of what is in a bin, and tells what came of it. */
export async function convertBin(
  context: CliContext,
  bin: RecoveryBin,
  { json = false }: { readonly json?: boolean },
  form: Form,
  convert: (options: ConversionOptions) => Promise<BinConversion>,
): Promise<ExitCode> {
  const { signal, stdout, programName } = context;
  const progress = createProgress(context.stderr, context.clock);
  const conversion = await convert({
    signal,
    onProgress: ({ doneBytes, totalBytes }) =>
      progress.update(`${form} ${formatSize(doneBytes)} of ${formatSize(totalBytes)}`),
  }).finally(() => progress.end());
  const recipients = await bin.encryption.recipients();
  if (json)
    writeJson(stdout, { schema: SCHEMA, location: bin.location, recipients, ...conversion });
  else stdout.write(describe(conversion, form, recipients, programName));
  return conversion.damaged.length === 0 ? EXIT.done : EXIT.partly;
}

function describe(
  { converted, damaged }: BinConversion,
  form: Form,
  recipients: readonly string[],
  programName: string,
): string {
  const lines = [
    converted === 0
      ? `Nothing in the recovery bin had to be ${form}.`
      : `${count(converted, "blob")} of the recovery bin ${converted === 1 ? "is" : "are"} ${form}.`,
    ...(recipients.length === 0
      ? ["What is put there from now on can be read by whoever reads its files."]
      : [
          "What is put there from now on is encrypted too. To come back it needs an identity of",
          ...recipients.map((recipient) => `  ${printable(recipient)}`),
          "Keep that in another place as well: without one nothing there can ever be read.",
        ]),
    ...damaged.map(({ digest, detail }) => `${digest} stays as it is: ${printable(detail)}`),
    ...(damaged.length === 0
      ? []
      : [`${programName} bin verify tells which images cannot come back for it.`]),
  ];
  return lines.map((line) => `${line}\n`).join("");
}
