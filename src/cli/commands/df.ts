import type { Inventory } from "../../inventory/inventory.ts";
import { reportStorage, type StorageReport } from "../../operations/storage-report.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { writeDocument } from "../json-chunks.ts";
import { imageUsages, renderStorage } from "../view-human/view-storage.ts";
import { kindDocument, planDocument, repositoryDocument } from "../storage-document.ts";
import { observe, withTarget } from "../with-target.ts";

export const command = defineCommand({
  operands: "",
  description:
    "Storage by kind and by repository, every layer counted once. EXCLUSIVE is what a repository's removal would free,\n" +
    "COULD GO what is freed by removing what nothing uses; both are worked out from the layers, never estimated.",
  flags: {
    verbose: { kind: "switch", short: "v", help: "every image by itself, too" },
  },
  examples: [
    { command: "df", does: "kinds and repositories" },
    { command: "df -v --json", does: "images as well, for a program" },
  ],
  run(context, { flags }) {
    return withTarget(context, flags.target, async (session) => {
      const inventory = await observe(context, session);
      const report = reportStorage(
        inventory,
        new Date(context.clock()).toISOString(),
        context.sha256,
      );
      const verbose = flags.verbose ?? false;
      if (flags.json) writeDocument(context.stdout, storageDocument(inventory, report, verbose));
      else context.stdout.write(renderStorage(context.stdout, inventory, report, verbose));
      return EXIT.done;
    });
  },
});

function storageDocument(inventory: Inventory, report: StorageReport, verbose: boolean): object {
  const { usage, total, repositories, unused } = report;
  return {
    schema: "plimsoll.df/1",
    target: inventory.target,
    takenAt: inventory.takenAt,
    complete: inventory.complete,
    problems: inventory.problems,
    accuracy: inventory.accuracy,
    totalBytes: total.bytes,
    totalDiskBytes: total.diskBytes,
    images: kindDocument(usage.images),
    containers: kindDocument(usage.containers),
    volumes: kindDocument(usage.volumes),
    buildCache: kindDocument(usage.buildCache),
    unused: planDocument(unused),
    repositories: repositories.map(repositoryDocument),
    ...(verbose
      ? {
          imageUsage: imageUsages(inventory, report).map(
            ({ image, state, size, shared, exclusive, couldGo }) => ({
              id: image.id,
              references: image.references,
              state,
              sizeBytes: size.bytes,
              sharedBytes: shared.bytes,
              exclusiveBytes: exclusive.bytes,
              exclusiveDiskBytes: exclusive.diskBytes,
              couldGo,
            }),
          ),
        }
      : {}),
  };
}
