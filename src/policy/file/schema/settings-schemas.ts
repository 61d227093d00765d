import { CronPattern } from "croner";
import * as z from "zod";

import type { Headroom, Limits, PolicyTarget, Recovery } from "../../policy.ts";
import { nearestWord } from "../nearest-word.ts";
import { amountReader, durationReader, imageAmountReader, sizeReader } from "./amounts.ts";
import { mapping, oneOrMany, optional } from "./mapping.ts";
import { mistake, type Mistake } from "./mistake.ts";
import { patternReader } from "./patterns.ts";
import { textReader, wordReader, type Schema } from "./reader.ts";

type Complain = (path: readonly string[], detail: string, onKey?: true) => void;

function complainTo(context: z.core.$RefinementCtx): Complain {
  return (path, detail, onKey) => {
    const params = { detail, ...(onKey === undefined ? {} : { onKey }) };
    context.addIssue({ code: "custom", message: detail, path: [...path], params });
  };
}

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
  } else if (
    "share" in start && "share" in stop
      ? stop.share > start.share
      : "bytes" in start && "bytes" in stop && stop.bytes > start.bytes
  ) {
    complain(["stop"], "is above start: evicting goes from start down to stop");
  }
});

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
    textReader<string>("a repository", (text) => text, {
      description: "For mode backup: the repository that images are pushed to.",
    }),
  ),
}).transform(({ mode = "auto", atMost, ...rest }, context): Recovery => {
  if (mode === "backup" && rest.backup === undefined) {
    complainTo(context)(["mode"], "needs the repository to push to, as backup:");
  }
  return { mode, ...rest, ...(atMost === undefined ? {} : { atMostBytes: atMost }) };
});

const KINDS = ["engine", "layout", "registry"] as const;

function address(wanted: string, description: string, examples: readonly string[]): Schema<string> {
  const read = (text: string): string | Mistake =>
    text === "" ? mistake(`is empty; ${wanted} is wanted`) : text;
  return textReader(wanted, read, { description, examples });
}

const targetSchema = mapping("a target", {
  engine: optional(
    address("an engine", "default, the name of a docker context, or unix://, tcp://, ssh://.", [
      "default",
      "ssh://user@host",
    ]),
  ),
  layout: optional(
    address("a directory", "The directory of an OCI image layout, relative to this file.", [
      "./images",
    ]),
  ),
  registry: optional(
    address("the address of a registry", "The address of a registry.", [
      "https://registry.example.com",
    ]),
  ),
  repositories: optional(
    z
      .array(patternReader("repository", "A repository, or a pattern."))
      .meta({ description: "Repositories of the registry; without them all that it lists." }),
  ),
}).transform(({ engine, layout, registry, repositories }, context): PolicyTarget => {
  const given = [engine, layout, registry].filter((each) => each !== undefined).length;
  const complain = complainTo(context);
  if (given !== 1)
    complain(
      [],
      `has ${given === 0 ? "none" : "more than one"} of ${KINDS.join(", ")}; it is one of them`,
    );
  if (repositories !== undefined && registry === undefined) {
    complain(["repositories"], "belongs to a registry", true);
  }
  if (engine !== undefined) return { kind: "engine", address: engine };
  if (layout !== undefined) return { kind: "layout", directory: layout };
  return {
    kind: "registry",
    address: registry ?? "",
    ...(repositories === undefined ? {} : { repositories }),
  };
});

const TARGET_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

export const targetsSchema = z.record(z.string(), targetSchema).superRefine((targets, context) => {
  for (const name of Object.keys(targets)) {
    if (!TARGET_NAME.test(name)) {
      complainTo(context)(
        [name],
        "is no name of a target: letters, digits, and . _ - behind the first",
        true,
      );
    }
  }
});

export const scheduleSchema = textReader("a cron expression", readSchedule, {
  description:
    "When the daemon carries this policy out: a cron expression of five fields, in timeZone.",
  examples: ["0 2 * * 0", "*/30 * * * *"],
});

function readSchedule(text: string): string | Mistake {
  if (text.trim().split(/\s+/).length !== 5) {
    return mistake(
      "is no cron expression of five fields: minute, hour, day of the month, month, day of the week",
    );
  }
  try {
    // Named only so that the expression is read; the time zone is checked by itself.
    const { pattern } = new CronPattern(text, "UTC", { mode: "5-part" });
    return pattern;
  } catch (error) {
    const why =
      error instanceof Error ? error.message.replace(/^CronPattern: /, "") : String(error);
    return mistake(`is no cron expression: ${why}`);
  }
}

export const timeZoneSchema = textReader("the name of a time zone", readTimeZone, {
  description: "Where days, weeks, months and years begin, as the IANA names it (default UTC).",
  examples: ["UTC", "Europe/Berlin"],
});

function readTimeZone(text: string): string | Mistake {
  try {
    Intl.DateTimeFormat("en", { timeZone: text });
    return text;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return mistake("is no time zone", nearestWord(text, Intl.supportedValuesOf("timeZone")));
  }
}
