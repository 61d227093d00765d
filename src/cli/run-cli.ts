import { Command as Parser, CommanderError } from "commander";

import { buildCommand } from "./build-command.ts";
import type { CliContext } from "./cli-context.ts";
import { COMMON_FLAGS } from "./command.ts";
import { commandWords, normaliseCommandLine } from "./command-line.ts";
import { commandParent } from "./command-parents.ts";
import { COMMANDS, type CommandEntry } from "./command-table.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { explainError } from "./view-error.ts";
import { writeExplanation } from "./view-human/view-explanation.ts";

/** Runs one command line, without the program's name. Every error ends here, as words on standard error and a status. */
export async function runCli(context: CliContext, args: readonly string[]): Promise<ExitCode> {
  const [first, ...rest] = args;
  if (first === "__complete" || first === "__completeNoDesc") {
    const { complete } = await import("./completion/complete.ts");
    return complete(context, rest, first === "__complete");
  }
  const words = normaliseCommandLine(args);
  let exitCode: ExitCode = EXIT.done;
  try {
    const program = await buildProgram(context, commandWords(words).join(" "), (code) => {
      exitCode = code;
    });
    const isAsked = words.length > 1 || commandParent(words[0]) === undefined;
    if (words.length === 0) program.outputHelp();
    else await program.parseAsync(isAsked ? words : [...words, "--help"], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    const explanation = await explainError(error, context);
    writeExplanation(context, explanation);
    return explanation.exitCode;
  }
}

async function buildProgram(
  context: CliContext,
  asked: string,
  ended: (code: ExitCode) => void,
): Promise<Parser> {
  const program = new Parser(context.programName)
    .description(
      "Shows what fills container engines and registries, plans what may go and why, removes it safely, and gives it back.",
    )
    .version(`plimsoll ${context.version}`, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand(false)
    .enablePositionalOptions()
    .option(
      `-${COMMON_FLAGS.target.short}, --target <${COMMON_FLAGS.target.placeholder}>`,
      COMMON_FLAGS.target.help,
    )
    .option("--json", COMMON_FLAGS.json.help)
    .usage("[flags] COMMAND")
    .addHelpText("after", `\n"${context.programName} COMMAND --help" tells more about a command.`);
  inherit(program, context);
  // The others only matter to what is asked of no command, or of one that is not there.
  const known = COMMANDS.find(({ name }) => name === asked);
  for (const entry of known === undefined ? COMMANDS : [known]) {
    const [first = "", second] = entry.name.split(" ");
    const above = second === undefined ? program : parentParser(program, first, context);
    const parser = above.command(second ?? first, { hidden: entry.hidden ?? false });
    parser.summary(entry.summary);
    if (second === undefined) parser.helpGroup(`${entry.group}:`);
    if (entry === known) await fill(parser, entry, context, ended);
    inherit(parser, context);
  }
  return program;
}

/** The parser of a word that only leads to commands; made for the first of them. */
function parentParser(program: Parser, name: string, context: CliContext): Parser {
  const made = program.commands.find((each) => each.name() === name);
  if (made !== undefined) return made;
  const { summary = "", description = "", group = "" } = commandParent(name) ?? {};
  const parser = program
    .command(name)
    .summary(summary)
    .description(description)
    .helpGroup(`${group}:`)
    .helpCommand(false)
    .usage("COMMAND")
    .addHelpText(
      "after",
      `\n"${context.programName} ${name} COMMAND --help" tells more about a command.`,
    );
  inherit(parser, context);
  return parser;
}

async function fill(
  parser: Parser,
  entry: CommandEntry,
  context: CliContext,
  ended: (code: ExitCode) => void,
): Promise<void> {
  const { command } = await entry.load();
  buildCommand(parser, command, context, ended);
}

/** What the parser writes goes to the context's streams, and it never ends the process. */
function inherit(parser: Parser, context: CliContext): void {
  parser
    .exitOverride()
    .helpOption("-h, --help", "print help")
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      getOutHelpWidth: () => (context.stdout.isTerminal ? context.stdout.columns : 100),
      getErrHelpWidth: () => (context.stderr.isTerminal ? context.stderr.columns : 100),
      getOutHasColors: () => context.stdout.colour,
      getErrHasColors: () => context.stderr.colour,
      outputError: (text, write) => {
        const message = text.replace(/^error: /, "").trimEnd();
        write(`${context.programName}: ${message}\nSee "${pathOf(parser)} --help".\n`);
      },
    });
}

/** As it is typed: `plimsoll policy check`. */
function pathOf(parser: Parser): string {
  return parser.parent === null ? parser.name() : `${pathOf(parser.parent)} ${parser.name()}`;
}
