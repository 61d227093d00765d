import { formatReference, parseBareReference } from "../../../oci/reference.ts";
import type { Amount, Headroom, Limits, Recovery } from "../../policy.ts";
import { amountReader, durationReader, imageAmountReader, sizeReader } from "./amounts.ts";
import { complainTo } from "./complain.ts";
import { mapping, oneOrMany, optional } from "./mapping.ts";
import { mistake, type Mistake } from "./mistake.ts";
import { textReader, wordReader, type Schema } from "./reader.ts";

export const headroomSchema: Schema<Headroom> = mapping("headroom", {
  of: optional(
    wordReader(
      ["disk", "images"],
      "What shares are measured on: all that the disk holds (default), or what the images take of it.",
    ),
  ),
  start: amountReader(
    "Evict when more than this is taken: a share of the disk, or bytes of images.",
  ),
  stop: amountReader("Go on until it is below this."),
}).superRefine(({ start, stop }, context) => {
  const complain = complainTo(context);
  if ("share" in start !== "share" in stop) {
    complain(
      ["stop"],
      "is in another unit than start: both are shares of the disk, or both are sizes",
    );
  } else if (numberIn(stop) > numberIn(start)) {
    complain(["stop"], "is above start: evicting goes from start down to stop");
  }
});

function numberIn(amount: Amount): number {
  return "share" in amount ? amount.share : amount.bytes;
}

export const limitsSchema: Schema<Limits> = mapping("limits", {
  images: optional(
    oneOrMany(
      imageAmountReader(
        "The most images that may go at once: a share of all, a number, or both in a list.",
      ),
    ),
  ),
  bytes: optional(sizeReader("The most bytes that may go at once.")),
  wholeRepositories: optional(
    wordReader(
      ["stop", "allow"],
      "Whether an unattended run stops (default) where all images of a repository would go.",
    ),
  ),
}).transform(({ images, bytes, wholeRepositories = "stop" }, context): Limits => {
  const amounts = images === undefined ? [] : [images].flat();
  const shares = amounts.flatMap((each) => ("share" in each ? [each.share] : []));
  const counts = amounts.flatMap((each) => ("count" in each ? [each.count] : []));
  const [imageShare] = shares;
  const [imageCount] = counts;
  if (shares.length > 1 || counts.length > 1) {
    complainTo(context)(["images"], "has two limits of the same kind");
  }
  return {
    ...(imageShare === undefined ? {} : { imageShare }),
    ...(imageCount === undefined ? {} : { imageCount }),
    ...(bytes === undefined ? {} : { bytes }),
    ...(wholeRepositories === "stop" ? { wholeRepositories } : {}),
  };
});

/** Of a file that says nothing of limits. */
export const DEFAULT_LIMITS: Limits = { wholeRepositories: "stop" };

/** In full: what is pushed there goes by it. */
function readRepository(text: string): string | Mistake {
  const name = parseBareReference(text);
  if ("kind" in name) return mistake(`is no repository: ${name.detail}`);
  const { registry, repository, tag, digest } = name;
  const full = formatReference({ registry, repository });
  return tag === undefined && digest === undefined
    ? full
    : mistake("is more than a repository: each image gets a tag of its own there", full);
}

export const recoverySchema: Schema<Recovery> = mapping("recovery", {
  mode: optional(
    wordReader(
      ["auto", "off", "record", "archive", "backup"],
      "How removed images come back: auto (default) chooses, off is no way back, record notes where they came from, archive keeps them in the recovery bin, backup pushes them.",
    ),
  ),
  keep: optional(durationReader("How long the recovery bin keeps them.")),
  atMost: optional(sizeReader("The most that the recovery bin takes.")),
  backup: optional(
    textReader<string>("a repository", readRepository, {
      description:
        "The repository that images are pushed to before they go: with mode backup all, with auto those that no registry has.",
      examples: ["registry.example.com/backups"],
    }),
  ),
}).transform(({ mode = "auto", atMost, ...rest }, context): Recovery => {
  if (mode === "backup" && rest.backup === undefined) {
    complainTo(context)(["mode"], "needs the repository to push to, as backup:");
  }
  return { mode, ...rest, ...(atMost === undefined ? {} : { atMostBytes: atMost }) };
});
