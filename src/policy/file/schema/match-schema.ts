import * as z from "zod";

import type { Age, ImageState, Match } from "../../policy.ts";
import { countReader, durationReader, sizeBoundsReader } from "./amounts.ts";
import { complainTo } from "./complain.ts";
import { mapping, oneOrMany, optional } from "./mapping.ts";
import { mistake, type Mistake } from "./mistake.ts";
import type { PatternOn } from "./pattern-on.ts";
import { patternReader, semverPattern } from "./patterns.ts";
import { textReader, wordReader, type Schema } from "./reader.ts";

const STATES: readonly ImageState[] = [
  "untagged",
  "dangling",
  "unused",
  "stopped",
  "running",
  "referrer",
];
const AGES: readonly Age[] = ["active", "used", "arrived", "created"];

function patterns(on: PatternOn, description: string) {
  return optional(oneOrMany(patternReader(on, description)));
}

const inner: Schema<Match> = z.lazy(() => matchSchema);

function image(description: string) {
  const read = (text: string): string | Mistake =>
    /[\s*?]/.test(text) || text === "" ? mistake("is not the name or ID of one image") : text;
  return optional(textReader("an image's name or ID", read, { description }));
}

/** All fields given must hold. */
export const matchSchema: Schema<Match> = mapping("a match", {
  reference: patterns(
    "reference",
    "repository:tag as docker prints it, or with its registry; without a tag any tag. `**/` in front: on any registry.",
  ),
  registry: patterns("registry", "The host of the registry; docker.io for Docker Hub."),
  repository: patterns(
    "repository",
    "The repository: as docker prints it, its path on any registry, or in full; beside `registry` its path alone.",
  ),
  tag: optional(
    z.union([
      patternReader("tag", "The tag."),
      semverPattern,
      z.array(z.union([patternReader("tag", "The tag."), semverPattern])).min(1),
    ]),
  ),
  label: patterns("label", "key or key=value, globs in both; an expression is on key=value."),
  state: optional(
    wordReader(
      STATES,
      "untagged: no tag. dangling: what docker's own filter calls so. unused: used by nothing. stopped: used by containers of which none runs. running: used by one that runs. referrer: attached to a subject.",
    ),
  ),
  digest: patterns("digest", "The digest by which the target knows the image: sha256:…"),
  anyName: optional(
    inner.meta({ description: "Holds for any name that the image has in the same repository." }),
  ),
  platform: patterns("platform", "os/architecture[/variant]"),
  target: patterns("text", "The name of the target."),
  namesAtLeast: optional(
    countReader("The image has at least this many tags.", "holds for every image; leave it out"),
  ),
  size: optional(
    sizeBoundsReader(
      "The image's size: >, >=, < or <= and a size; two bounds may stand in one text.",
    ),
  ),
  olderThan: optional(durationReader("Older than this, by `by`; an unknown age does not match.")),
  by: optional(
    wordReader(
      AGES,
      "Which time olderThan goes by; active is the latest known of used, arrived and created.",
    ),
  ),
  createdBefore: image("Built before that image was."),
  createdAfter: image("Built after that image was."),
  any: optional(z.array(inner).min(1).meta({ description: "One of these has to hold." })),
  all: optional(z.array(inner).min(1).meta({ description: "Each of these has to hold." })),
  not: optional(inner.meta({ description: "This must not hold." })),
})
  .transform(({ size, ...match }, context): Match => {
    if (match.by !== undefined && match.olderThan === undefined) {
      const detail = "says which time olderThan goes by, and there is no olderThan";
      complainTo(context)(["by"], detail, true);
    }
    return { ...match, ...size };
  })
  .meta({ id: "match", description: "A question about one image; all fields given must hold." });
