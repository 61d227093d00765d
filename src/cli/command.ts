import type { CliContext } from "./cli-context.ts";
import type { ExitCode } from "./exit-codes.ts";

/** What completion offers for a value: `image` are references of the target, `file` is left to the shell. */
export type Completion = "image" | "preset" | "filter" | "context" | "file" | "none";

interface FlagBase {
  /** One letter, without the dash. */
  readonly short?: string;
  readonly help: string;
}

/** A flag without a value, with one, or with one each time it is given. Its long name is its key in kebab-case. */
export type FlagSpec =
  | (FlagBase & { readonly kind: "switch" })
  | (FlagBase & {
      readonly kind: "value" | "list";
      /** Shown in help: `--free SIZE`. */
      readonly placeholder: string;
      readonly choices?: readonly string[];
      readonly completion?: Completion;
    });

export type FlagTable = Readonly<Record<string, FlagSpec>>;

/** The flags that were given; an absent key was not. */
export type FlagValues<F extends FlagTable> = {
  readonly [K in keyof F]?: F[K]["kind"] extends "switch"
    ? boolean
    : F[K]["kind"] extends "list"
      ? readonly string[]
      : string;
};

/** Given to every command beside its own flags. */
export const COMMON_FLAGS = {
  target: {
    kind: "value",
    short: "t",
    placeholder: "TARGET",
    completion: "context",
    help: "docker context, docker://NAME, unix://, tcp://, ssh://, podman://, oci:DIR or registry://HOST (default: the current docker context)",
  },
  registryCa: {
    kind: "value",
    placeholder: "FILE",
    completion: "file",
    help: "an authority for the certificates of registries, PEM (also PLIMSOLL_REGISTRY_CA)",
  },
  json: { kind: "switch", help: "print JSON" },
} as const satisfies FlagTable;

export interface Invocation<F extends FlagTable> {
  readonly operands: readonly string[];
  readonly flags: FlagValues<F & typeof COMMON_FLAGS>;
}

export interface Example {
  readonly command: string;
  readonly does: string;
}

export interface Command<F extends FlagTable = FlagTable> {
  /** In commander's notation: `<image...>`, `[pattern]`; empty when it takes none. */
  readonly operands: string;
  readonly operandCompletion?: Completion;
  /** The only operands there are. */
  readonly operandChoices?: readonly string[];
  /** Two or three sentences above the flags. */
  readonly description: string;
  readonly flags: F;
  /** False where no target is opened; help does not speak of one then. */
  readonly takesTarget?: false;
  readonly examples: readonly Example[];
  /** More for help: a title, and words with what they mean. */
  readonly glossary?: {
    readonly title: string;
    readonly meanings: Readonly<Record<string, string>>;
  };
  /** A method, so that a command with flags of its own fits where any command is asked for. */
  run(context: CliContext, invocation: Invocation<F>): Promise<ExitCode>;
}

/** Gives `run` the types of the command's own flags. */
export function defineCommand<const F extends FlagTable>(command: Command<F>): Command<F> {
  return command;
}

/** `olderThan` is `older-than`. */
export function longFlag(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
