import type { TargetSession } from "../operations/target-session.ts";
import type { ImageTransfer, TransferProgress } from "../ports/image-transfer.ts";
import type { CliContext } from "./cli-context.ts";
import { usageError } from "./cli-error.ts";
import { createProgress } from "./view-human/progress.ts";
import { createTransferSummary } from "./view-human/transfer-summary.ts";

export function transferOf(session: TargetSession): ImageTransfer {
  if (session.transfer !== undefined) return session.transfer;
  throw usageError(
    `${session.target.address} is not an engine: names and images cannot be moved there`,
    "tag, pull and push work on Docker and Podman targets.",
  );
}

/** Runs a pull or push with its progress on standard error; `quiet` leaves that out. */
export async function withTransferProgress<T>(
  context: CliContext,
  quiet: boolean,
  body: (onProgress: (progress: TransferProgress) => void) => Promise<T>,
): Promise<T> {
  if (quiet) return body(() => undefined);
  const progress = createProgress(context.stderr, context.clock);
  const summary = createTransferSummary();
  try {
    return await body((step) => {
      summary.add(step);
      progress.update(summary.describe());
    });
  } finally {
    progress.end();
  }
}
