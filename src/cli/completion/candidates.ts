import { familiarName } from "../../oci/reference.ts";
import { PRESET_SUMMARIES } from "../../policy/presets.ts";
import type { CliContext } from "../cli-context.ts";
import type { Completion, FlagSpec } from "../command.ts";
import { printable } from "../view-human/printable.ts";

/** cobra's shell completion directives, as far as they are used (cobra `completions.go`, ShellCompDirective). */
export const DIRECTIVE = { files: 0, noSpace: 2, noFiles: 4 } as const;
/** A shell waits for this: better no names than late ones. */
const IMAGES_DEADLINE_MS = 1500;

export interface Candidate {
  readonly word: string;
  readonly help?: string;
}

export interface Answer {
  readonly candidates: readonly Candidate[];
  readonly directive: number;
}

export const NOTHING: Answer = { candidates: [], directive: DIRECTIVE.noFiles };
const FILES: Answer = { candidates: [], directive: DIRECTIVE.files };
const FILTER_KEYS = ["until=", "label=", "label!=", "dangling=", "before=", "since=", "reference="];

/** What may stand as the value of a flag. */
export async function completeValue(
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

export async function completeAs(
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
      return images.flatMap(({ references }) =>
        references.map((name) => printable(familiarName(name))),
      );
    } finally {
      await session.close();
    }
  };
  // Whatever goes wrong, a half-typed command line is no place to tell of it.
  return read().catch(() => []);
}

export function startingWith(
  candidates: readonly Candidate[],
  prefix: string,
): readonly Candidate[] {
  return candidates.filter(({ word }) => word.startsWith(prefix));
}
