import { readShell } from "./shell-text.ts";

/** What a text says of `acr purge`: the arguments of each call, and when a task runs them. */
export interface AcrCommands {
  readonly calls: readonly (readonly string[])[];
  /** Cron expressions of `az acr task create`, of five fields, UTC. */
  readonly schedules: readonly string[];
  /** The registries that the `az` commands are on. */
  readonly registries: readonly string[];
}

/**
 * Finds `acr purge` as it is typed, as `--cmd` of `az acr run` and `az acr task create` has it, in a variable for those, and
 * in a step of a task file.
 */
export function findAcrCommands(
  text: string,
): AcrCommands | { readonly problems: readonly string[] } {
  const shell = readShell(withoutOwnVariables(text));
  if ("problems" in shell) return shell;
  const calls: (readonly string[])[] = [];
  const schedules: string[] = [];
  const registries: string[] = [];
  for (const words of shell.commands) {
    const at = words.findIndex((word, index) => isAcr(word) && words[index + 1] === "purge");
    if (at >= 0) calls.push(words.slice(at + 2));
    if (words[0] === "az") {
      schedules.push(...valuesOf("--schedule", words));
      registries.push(...valuesOf("--registry", words), ...valuesOf("-r", words));
    }
    for (const word of words) {
      if (!/(?:^|[\s=/])acr\s+purge\b/.test(word)) continue;
      const inner = findAcrCommands(word.replace(/^\w+=/, ""));
      if ("problems" in inner) return inner;
      calls.push(...inner.calls);
    }
  }
  return { calls, schedules, registries };
}

/** The value behind an option, at most one. */
function valuesOf(option: string, words: readonly string[]): readonly string[] {
  const at = words.indexOf(option);
  return at < 0 ? [] : words.slice(at + 1, at + 2);
}

function isAcr(word: string): boolean {
  return /^(?:.*\/)?acr(?:-cli)?(?::[\w.-]+)?$/.test(word);
}

/** Variables that the text itself sets are read where they are set; where they are used, their name stands for them. */
function withoutOwnVariables(text: string): string {
  const names = [...text.matchAll(/^\s*(?:export\s+)?([A-Za-z_]\w*)=/gm)].map(([, name]) => name);
  return names.reduce(
    (rest: string, name = "") =>
      rest.replaceAll(new RegExp(`\\$(?:${name}\\b|\\{${name}\\})`, "g"), name),
    text,
  );
}
