import type { CliContext } from "../cli-context.ts";
import { COMMON_FLAGS, longFlag, type FlagSpec, type FlagTable } from "../command.ts";
import { commandWords } from "../command-line.ts";
import { COMMAND_PARENTS, commandParent } from "../command-parents.ts";
import { COMMANDS } from "../command-table.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import {
  completeAs,
  completeValue,
  DIRECTIVE,
  NOTHING,
  startingWith,
  type Answer,
  type Candidate,
} from "./candidates.ts";

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
  const words = commandWords(plainWords(before));
  const [first] = words;
  if (words.length === 0 || (words.length === 1 && commandParent(first) !== undefined)) {
    const value = pendingFlag(COMMON_FLAGS, before);
    if (value !== undefined) return completeValue(context, value, prefix, target);
    if (prefix.startsWith("-")) return completeFlag(context, COMMON_FLAGS, before, prefix, target);
    return { candidates: startingWith(commandsBelow(first), prefix), directive: DIRECTIVE.noFiles };
  }
  const entry = COMMANDS.find((each) => each.name === words.join(" "));
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

/** What may follow a parent, or stand first. */
function commandsBelow(parent: string | undefined): readonly Candidate[] {
  const candidates = new Map<string, Candidate>();
  for (const { name, summary, hidden } of COMMANDS) {
    const [first = "", second] = name.split(" ");
    if (hidden || (parent !== undefined && parent !== first)) continue;
    const word = parent === undefined ? first : (second ?? "");
    const help = parent === undefined ? (COMMAND_PARENTS[first]?.summary ?? summary) : summary;
    candidates.set(word, { word, help });
  }
  return [...candidates.values()];
}

/** Words that are neither flags nor the target: the command, then operands and values of its own flags. */
function plainWords(before: readonly string[]): readonly string[] {
  return before.filter(
    (word, at) => !word.startsWith("-") && !/^(?:-t|--target)$/.test(before[at - 1] ?? ""),
  );
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
