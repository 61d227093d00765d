import { compileExpression } from "../expression.ts";
import type { Amount, Headroom, Match, Policy } from "../policy.ts";
import type { Remark } from "../remark.ts";
import { parseSize } from "../size.ts";
import { argumentsOf, readFlags, type Flag } from "./flags.ts";
import type { Imported } from "./imported.ts";
import { readShell } from "./shell-text.ts";
import { parseSpokenDuration } from "./spoken-duration.ts";

const FLAGS: readonly Flag[] = [
  { name: "threshold", short: "t", takes: "value" },
  { name: "keep", short: "k", takes: "value" },
  { name: "min-age", short: "m", takes: "value" },
  { name: "deletion-chunk-size", short: "d", takes: "value" },
];
const DEFAULT_THRESHOLD = "10 GB";
const RULE = "least-recently-used";
/** How docuum sees an image without names. */
const NAMELESS = "<none>:<none>";

/** Translates docuum's command line: least recently used images go while all images take more than the threshold. */
export function importDocuum(text: string): Imported {
  const shell = readShell(text);
  if ("problems" in shell) return shell;
  const words = argumentsOf("docuum", shell.commands);
  if (words === undefined) return { problems: ["there is no docuum command in the text"] };
  const { values, operands, problems: mistakes } = readFlags(words, FLAGS);
  const problems = [...mistakes, ...operands.map((word) => `"${word}" belongs to no option`)];
  const remarks: Remark[] = [
    {
      text: "docuum removes as soon as a new image arrives; here the load line counts whenever a plan is made. Add `schedule` to have that done regularly.",
    },
    {
      rule: RULE,
      text: "docuum's record of last uses is not carried over: an image counts as active when it was last used, arrived or was built, whichever is known and latest.",
    },
  ];

  const headroom = readThreshold(values.get("threshold")?.at(-1) ?? DEFAULT_THRESHOLD);
  if (headroom === undefined)
    problems.push(`--threshold ${values.get("threshold")?.at(-1)}: neither a size nor a share`);
  if (!values.has("threshold"))
    remarks.push({ text: `No --threshold was given: docuum's default of ${DEFAULT_THRESHOLD}.` });

  const age = values.get("min-age")?.at(-1);
  const within = age === undefined ? undefined : parseSpokenDuration(age);
  if (age !== undefined && within === undefined) problems.push(`--min-age ${age}: not a duration`);

  const chunk = values.get("deletion-chunk-size")?.at(-1);
  if (chunk !== undefined && !/^[1-9]\d*$/.test(chunk))
    problems.push(`--deletion-chunk-size ${chunk}: not a number above 0`);
  else if (chunk !== undefined && chunk !== "1")
    remarks.push({
      text: `--deletion-chunk-size ${chunk} has no equal: no more goes than brings the images below the threshold.`,
    });

  const protect: Match[] = [];
  for (const source of values.get("keep") ?? []) {
    const expression = compileExpression(source);
    if (expression === undefined) {
      problems.push(`--keep ${source}: not a regular expression of RE2`);
      continue;
    }
    // An empty expression is found in every name.
    protect.push({ reference: `/${source === "" ? ".*" : source}/` });
    if (expression.isFound(NAMELESS)) protect.push({ state: "untagged" });
  }

  if (headroom === undefined || problems.length > 0) return { problems };
  const keep = within === undefined ? {} : { within };
  const policy: Policy = {
    source: "docuum",
    protect,
    images: [{ name: RULE, match: {}, keep, onlyUnderPressure: true }],
    headroom,
  };
  return { policy, remarks };
}

/** A share is of the disk's size, and compared with the bytes of images, not with all that is taken. */
function readThreshold(text: string): Headroom | undefined {
  const percent = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim())?.[1];
  if (percent !== undefined) {
    const amount: Amount = { share: Number(percent) / 100 };
    return Number(percent) > 100 ? undefined : { of: "images", start: amount, stop: amount };
  }
  const bytes = parseSize(text.trim());
  return bytes === undefined ? undefined : { start: { bytes }, stop: { bytes } };
}
