import type { Inventory } from "../../inventory/inventory.ts";
import { imageUsages } from "../../operations/image-usage.ts";
import { reportStorage, type StorageReport } from "../../operations/storage-report.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { writeDocument } from "../json-chunks.ts";
import { planWords, suggest } from "../suggest.ts";
import { aimByFile, HOSTS_FLAGS, observeWithUse } from "../registry-hosts.ts";
import { kindDocument, planDocument, repositoryDocument } from "../storage-document.ts";
import {
  describeFigures,
  describeIntermediates,
  renderImageUsages,
  renderKinds,
  renderRepositories,
} from "../view-human/view-storage.ts";
import { describeAsked } from "../view-human/view-used-elsewhere.ts";
import { withTarget } from "../with-target.ts";

export const command = defineCommand({
  operands: "",
  description:
    "Storage by kind and by repository, every layer counted once. EXCLUSIVE is what a repository's removal would free, " +
    "COULD GO what is freed when what nothing uses goes (elsewhere than on an engine: all but the latest of each repository), " +
    "or what a policy file (-p) lets go.",
  flags: {
    ...HOSTS_FLAGS,
    verbose: { kind: "switch", short: "v", help: "every image by itself, too" },
  },
  examples: [
    { command: "df", does: "kinds and repositories" },
    { command: "df -v --json", does: "images as well, for a program" },
    { command: "df -p policy.yaml -t hub", does: "of a registry, and what the policy would free" },
  ],
  async run(context, { flags }) {
    const { target, policy } = await aimByFile(context, flags);
    return withTarget(context, target, async (session) => {
      const { inventory, foreignUse } = await observeWithUse(context, session, policy);
      const report = await reportStorage(
        inventory,
        new Date(context.clock()).toISOString(),
        context.sha256,
        { policy, foreignUse },
      );
      const verbose = flags.verbose ?? false;
      const isRegistry = inventory.target.kind === "registry";
      if (flags.json) writeDocument(context.stdout, storageDocument(inventory, report, verbose));
      else {
        const command = suggest(context, flags.target, ...planWords(report.wide));
        const parts = [
          renderKinds(context.stdout, report) + describeIntermediates(report),
          report.repositories.length === 0
            ? ""
            : renderRepositories(context.stdout, report.repositories),
          verbose ? renderImageUsages(context.stdout, imageUsages(inventory, report), report) : "",
          `${describeFigures(inventory)}${isRegistry ? describeAsked(foreignUse) : ""}What could go, image by image: ${command}\n`,
        ];
        context.stdout.write(parts.filter((part) => part !== "").join("\n"));
      }
      return EXIT.done;
    });
  },
});

function storageDocument(inventory: Inventory, report: StorageReport, verbose: boolean): object {
  const { usage, total, repositories, wide } = report;
  return {
    schema: "plimsoll.df/1",
    target: inventory.target,
    takenAt: inventory.takenAt,
    complete: inventory.complete,
    problems: inventory.problems,
    accuracy: inventory.accuracy,
    totalBytes: total.bytes,
    totalDiskBytes: total.diskBytes,
    images: { ...kindDocument(usage.images), intermediate: report.intermediates },
    containers: kindDocument(usage.containers),
    volumes: kindDocument(usage.volumes),
    buildCache: kindDocument(usage.buildCache),
    plans: [wide].map(planDocument),
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
