import { Option, type Command as Parser } from "commander";

import type { CliContext } from "./cli-context.ts";
import { COMMON_FLAGS, longFlag, type Command, type FlagSpec, type FlagTable } from "./command.ts";
import { EXIT_STATUS_TABLE, type ExitCode } from "./exit-codes.ts";

/** Of no use where no target is opened. */
const TARGET_FLAGS: ReadonlySet<string> = new Set(["target", "registryCa"]);

/** Teaches a bare parser the flags, operands and help of a command; `ended` is told how it ended. */
export function buildCommand(
  parser: Parser,
  command: Command,
  context: CliContext,
  ended: (code: ExitCode) => void,
): void {
  parser.description(command.description);
  if (command.operands !== "") parser.arguments(command.operands);
  for (const [key, spec] of Object.entries({
    ...command.flags,
    ...COMMON_FLAGS,
  } satisfies FlagTable)) {
    const option = buildOption(key, spec);
    const isIdle = TARGET_FLAGS.has(key) && command.takesTarget === false;
    parser.addOption(isIdle ? option.hideHelp() : option);
  }
  parser.addHelpText("after", helpTail(command, context.programName));
  parser.action(async () => {
    const flags = parser.opts();
    context.useRegistryFlags(flags);
    ended(await command.run(context, { operands: parser.args, flags }));
  });
}

function buildOption(key: string, spec: FlagSpec): Option {
  const short = spec.short === undefined ? "" : `-${spec.short}, `;
  const value = spec.kind === "switch" ? "" : ` <${spec.placeholder}>`;
  const option = new Option(`${short}--${longFlag(key)}${value}`, spec.help);
  // Here `--no-trunc` is a switch of that name: it does not turn off one named `--trunc`.
  option.negate = false;
  if (spec.kind === "switch") return option;
  if (spec.choices !== undefined) option.choices(spec.choices);
  if (spec.kind === "list") {
    option.argParser((text: string, before: readonly string[] | undefined) => [
      ...(before ?? []),
      text,
    ]);
  }
  return option;
}

function helpTail(command: Command, programName: string): string {
  const { glossary, examples } = command;
  const typed = examples.map(
    ({ command: words, does }) => [`${programName} ${words}`, does] as const,
  );
  const statuses = EXIT_STATUS_TABLE.map(([code, meaning]) => [String(code), meaning] as const);
  const sections = [
    ...(glossary === undefined ? [] : [section(glossary.title, Object.entries(glossary.meanings))]),
    ...(typed.length === 0 ? [] : [section("Examples", typed)]),
    section("Exit status", statuses),
  ];
  return `\n${sections.join("\n\n")}`;
}

function section(
  title: string,
  rows: readonly (readonly [word: string, meaning: string])[],
): string {
  const width = Math.max(...rows.map(([word]) => word.length));
  return [
    `${title}:`,
    ...rows.map(([word, meaning]) => `  ${word.padEnd(width)}  ${meaning}`),
  ].join("\n");
}
