import { familiarName } from "../../oci/reference.ts";
import { PRESET_SUMMARIES } from "../../policy/presets.ts";
import type { CliContext } from "../cli-context.ts";
import {
  COMMON_FLAGS,
  longFlag,
  type Completion,
  type FlagSpec,
  type FlagTable,
} from "../command.ts";
import { COMMANDS } from "../command-table.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";

/** cobra's shell completion directives, as far as they are used (cobra `completions.go`, ShellCompDirective). */
const DIRECTIVE = { files: 0, noSpace: 2, noFiles: 4 } as const;
/** A shell waits for this: better no names than late ones. */
const IMAGES_DEADLINE_MS = 1500;

interface Candidate {
  readonly word: string;
  readonly help?: string;
}

interface Answer {
  readonly candidates: readonly Candidate[];
  readonly directive: number;
}

const NOTHING: Answer = { candidates: [], directive: DIRECTIVE.noFiles };
const FILES: Answer = { candidates: [], directive: DIRECTIVE.files };
const FILTER_KEYS = ["until=", "label=", "label!=", "dangling=", "before=", "since=", "reference="];

/**
 * Answers `__complete WORD... PREFIX` as cobra programs do, which the scripts of `completion` and the docker CLI ask alike:
 * a candidate a line with its help behind a tab, then a colon and the directive.
 */
export async function complete(
  context: CliContext,
  words: readonly string[],
  withHelp: boolean,
): Promise<ExitCode> {
  const { candidates, directive } = await answer(context, words.slice(0, -1), words.at(-1) ?? "");
  const lines = candidates.map(({ word, help }) =>
    withHelp && help !== undefined ? `${word}\t${help}` : word,
  );
  context.stdout.write(`${[...lines, `:${directive}`].join("\n")}\n`);
  return EXIT.done;
}

async function answer(
  context: CliContext,
  before: readonly string[],
  prefix: string,
): Promise<Answer> {
  const target = targetIn(before);
  const name = commandIn(before);
  if (name === undefined) {
    const value = pendingFlag(COMMON_FLAGS, before);
    if (value !== undefined) return completeValue(context, value, prefix, target);
    if (prefix.startsWith("-")) return completeFlag(context, COMMON_FLAGS, before, prefix, target);
    const entries = COMMANDS.map((entry) => ({ word: entry.name, help: entry.summary }));
    return { candidates: startingWith(entries, prefix), directive: DIRECTIVE.noFiles };
  }
  const entry = COMMANDS.find((each) => each.name === name);
  if (entry === undefined) return NOTHING;
  const { command } = await entry.load();
  const flags: FlagTable = { ...command.flags, ...COMMON_FLAGS };
  const value = pendingFlag(flags, before);
  if (value !== undefined) return completeValue(context, value, prefix, target);
  if (prefix.startsWith("-")) return completeFlag(context, flags, before, prefix, target);
  if (command.operandChoices !== undefined) {
    return {
      candidates: startingWith(
        command.operandChoices.map((word) => ({ word })),
        prefix,
      ),
      directive: DIRECTIVE.noFiles,
    };
  }
  return completeAs(context, command.operandCompletion ?? "none", prefix, target);
}

/** The first word that is neither a common flag nor its value. */
function commandIn(before: readonly string[]): string | undefined {
  for (let at = 0; at < before.length; at += 1) {
    const word = before[at] ?? "";
    if (word === "-t" || word === "--target") at += 1;
    else if (!word.startsWith("-")) return word;
  }
  return undefined;
}

function targetIn(before: readonly string[]): string | undefined {
  for (const [at, word] of before.entries()) {
    if (word === "-t" || word === "--target") return before[at + 1];
    if (word.startsWith("--target=")) return word.slice("--target=".length);
  }
  return undefined;
}

/** The flag whose value comes next. */
function pendingFlag(flags: FlagTable, before: readonly string[]): FlagSpec | undefined {
  const last = before.at(-1);
  const found = Object.entries(flags).find(
    ([key, spec]) =>
      last === `--${longFlag(key)}` || (spec.short !== undefined && last === `-${spec.short}`),
  );
  return found === undefined || found[1].kind === "switch" ? undefined : found[1];
}

async function completeFlag(
  context: CliContext,
  flags: FlagTable,
  before: readonly string[],
  prefix: string,
  target: string | undefined,
): Promise<Answer> {
  const equals = prefix.indexOf("=");
  if (equals > 0) {
    const flag = prefix.slice(0, equals);
    const spec = pendingFlag(flags, [flag]);
    if (spec === undefined) return NOTHING;
    const inner = await completeValue(context, spec, prefix.slice(equals + 1), target);
    const candidates = inner.candidates.map((each) => ({ ...each, word: `${flag}=${each.word}` }));
    return { candidates, directive: inner.directive };
  }
  const candidates = Object.entries(flags)
    .filter(([key, spec]) => spec.kind === "list" || !before.includes(`--${longFlag(key)}`))
    .map(([key, spec]) => ({ word: `--${longFlag(key)}`, help: spec.help }));
  return { candidates: startingWith(candidates, prefix), directive: DIRECTIVE.noFiles };
}

async function completeValue(
  context: CliContext,
  spec: FlagSpec,
  prefix: string,
  target: string | undefined,
): Promise<Answer> {
  if (spec.kind === "switch") return NOTHING;
  if (spec.choices !== undefined) {
    return {
      candidates: startingWith(
        spec.choices.map((word) => ({ word })),
        prefix,
      ),
      directive: DIRECTIVE.noFiles,
    };
  }
  return completeAs(context, spec.completion ?? "none", prefix, target);
}

async function completeAs(
  context: CliContext,
  completion: Completion,
  prefix: string,
  target: string | undefined,
): Promise<Answer> {
  const offer = (words: readonly string[], directive: number = DIRECTIVE.noFiles): Answer => ({
    candidates: startingWith(
      words.map((word) => ({ word })),
      prefix,
    ),
    directive,
  });
  switch (completion) {
    case "file":
      return FILES;
    case "preset":
      return {
        candidates: startingWith(
          Object.entries(PRESET_SUMMARIES).map(([word, help]) => ({ word, help })),
          prefix,
        ),
        directive: DIRECTIVE.noFiles,
      };
    case "filter":
      return offer(FILTER_KEYS, DIRECTIVE.noFiles | DIRECTIVE.noSpace);
    case "context":
      return offer(await context.contextNames());
    case "image":
      return offer(await imageNames(context, target));
    case "none":
      return NOTHING;
    default:
      return completion satisfies never;
  }
}

/** Names of the target's images; none when it cannot be read in time. */
async function imageNames(
  context: CliContext,
  target: string | undefined,
): Promise<readonly string[]> {
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(IMAGES_DEADLINE_MS)]);
  const read = async (): Promise<readonly string[]> => {
    const session = await context.openTarget(target, signal);
    try {
      const { images } = await session.observe({ signal });
      return images.flatMap(({ references }) => references.map(familiarName));
    } finally {
      await session.close();
    }
  };
  // Whatever goes wrong, a half-typed command line is no place to tell of it.
  return read().catch(() => []);
}

function startingWith(candidates: readonly Candidate[], prefix: string): readonly Candidate[] {
  return candidates.filter(({ word }) => word.startsWith(prefix));
}
