import {
  collectGarbage,
  countTags,
  untaggedParts,
  type CollectionCommands,
  type CollectionReport,
} from "../../../operations/collect-garbage.ts";
import type { TargetSession } from "../../../operations/target-session.ts";
import { aim } from "../../asked-target.ts";
import type { ServerCollectionOptions } from "../../collect-on-server.ts";
import type { CliContext } from "../../cli-context.ts";
import { CliError, usageError } from "../../cli-error.ts";
import { defineCommand } from "../../command.ts";
import { EXIT, type ExitCode } from "../../exit-codes.ts";
import { printable } from "../../view-human/printable.ts";
import { createProgress } from "../../view-human/progress.ts";
import { renderCollection, renderCollectionGuide } from "../../view-human/view-collection.ts";
import { writeJson } from "../../view-json.ts";
import { observe, withTarget } from "../../with-target.ts";

const SCHEMA = "plimsoll.registry-gc/1";

export const command = defineCommand({
  operands: "",
  description:
    "Brings a registry through its own garbage collection, which is what frees space there. DTR and Harbor have a job for " +
    "that: it is started and watched, and then everything that is listed is looked for. A plain distribution registry is " +
    "made read-only, collected and restarted by three commands of yours, and every image that was there is read again; " +
    "without them it prints what to do.",
  flags: {
    readOnly: {
      kind: "value",
      placeholder: "COMMAND",
      help: "restarts the registry so that nothing can be pushed",
    },
    collect: {
      kind: "value",
      placeholder: "COMMAND",
      help: "runs its garbage-collect",
    },
    restart: {
      kind: "value",
      placeholder: "COMMAND",
      help: "restarts it as it was",
    },
    dryRun: { kind: "switch", help: "Harbor: what would be collected, by its own account" },
    yes: { kind: "switch", short: "y", help: "do not ask; needed where there is no terminal" },
  },
  examples: [
    {
      command: "registry gc -t registry://registry.example.com",
      does: "DTR, Harbor: collects; distribution: what to do, and what to mind",
    },
    {
      command:
        "registry gc -t registry://localhost:5000 --read-only './registry read-only' --collect './registry collect' --restart './registry restart'",
      does: "all of it, and a look at every image before and after",
    },
  ],
  async run(context, { flags }) {
    const commands = commandsOf(flags);
    const { target } = aim(flags, { source: "registry gc", protect: [], images: [] });
    return withTarget(context, target, async (session) => {
      requireWholeRegistry(session, context.programName);
      const upkeep = commands === undefined ? await session.upkeep?.() : undefined;
      if (upkeep?.collection !== undefined) {
        const { collectOnServer } = await import("../../collect-on-server.ts");
        const { collection } = upkeep;
        return collectOnServer(context, session, { ...upkeep, collection }, onServer(flags));
      }
      if (flags.dryRun === true)
        throw usageError(`${session.target.name} cannot tell beforehand what it would collect`);
      const inventory = await observe(context, session);
      const parts = untaggedParts(inventory);
      const found = { tags: countTags(inventory), images: inventory.images.length };
      if (commands === undefined) {
        if (flags.json)
          writeJson(context.stdout, {
            schema: SCHEMA,
            target: session.target,
            ...found,
            untaggedParts: parts,
          });
        else context.stdout.write(renderCollectionGuide(session.target, found, parts));
        return EXIT.done;
      }
      refuseDeleteUntagged(commands, parts, inventory.complete);
      if (!(await agreed(context, session, commands, flags.yes ?? false))) return EXIT.done;
      const report = await collect(context, session, commands);
      if (flags.json)
        writeJson(context.stdout, { schema: SCHEMA, target: session.target, ...report });
      else context.stdout.write(renderCollection(report));
      return exitCodeOf(report);
    });
  },
});

interface Flags {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly readOnly?: string;
  readonly collect?: string;
  readonly restart?: string;
}

function onServer({ dryRun = false, yes = false, json = false }: Flags): ServerCollectionOptions {
  return { dryRun, yes, json };
}

/** Undefined where none was given. */
function commandsOf({
  readOnly,
  collect: collecting,
  restart,
}: Flags): CollectionCommands | undefined {
  if (readOnly !== undefined && collecting !== undefined && restart !== undefined)
    return { readOnly, collect: collecting, restart };
  if (readOnly === undefined && collecting === undefined && restart === undefined) return undefined;
  throw usageError(
    "--read-only, --collect and --restart go together: each of the three steps is needed",
    "What is pushed during a collection is lost; and a registry that is not restarted tells of blobs that are gone.",
  );
}

function requireWholeRegistry({ target }: TargetSession, programName: string): void {
  if (target.kind !== "registry")
    throw usageError(
      `${target.name} is not a registry`,
      `${programName} registry gc -t registry://HOST`,
    );
  if (target.address.replace(/^[a-z+]*:\/\//, "").includes("/"))
    throw usageError(
      "a garbage collection is about the whole registry: name it without a repository",
    );
}

/** Distribution's `garbage-collect --delete-untagged`, or `-m`. */
function refuseDeleteUntagged(
  { collect: collecting }: CollectionCommands,
  parts: string | undefined,
  isComplete: boolean,
): void {
  if (!/(?:^|\s)(?:--delete-untagged(?!=false)|-m)(?=[=\s]|$)/.test(collecting)) return;
  const why = parts ?? (isComplete ? undefined : "not all of the registry could be read");
  if (why === undefined) return;
  throw new CliError(
    `--delete-untagged would break images here: ${why}`,
    ["Leave it out: plan and apply remove untagged manifests, and know which ones are needed."],
    EXIT.usage,
  );
}

async function agreed(
  context: CliContext,
  { target }: TargetSession,
  { readOnly, collect: collecting, restart }: CollectionCommands,
  yes: boolean,
): Promise<boolean> {
  if (yes) return true;
  if (!context.canAsk)
    throw usageError("nobody can be asked here: --yes says that the commands are to be run");
  context.stderr.write(
    [readOnly, collecting, restart].map((each) => `  ${printable(each)}\n`).join(""),
  );
  if (await context.confirm(`Run these for ${target.name}?`)) return true;
  context.stderr.write("Nothing was run.\n");
  return false;
}

async function collect(
  context: CliContext,
  session: TargetSession,
  commands: CollectionCommands,
): Promise<CollectionReport> {
  const { check } = session;
  if (check === undefined) throw new CliError(`${session.target.name} cannot be checked`);
  const progress = createProgress(context.stderr, context.clock);
  try {
    return await collectGarbage(commands, {
      observe: (options) => session.observe(options),
      check,
      run: (line) => context.runShell(line),
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      observing: {
        signal: context.signal,
        onProgress: ({ step, done, total }) =>
          progress.update(total === undefined ? `${step} …` : `${step} ${done}/${total}`),
      },
      onStep: (step, line) =>
        progress.line(line === undefined ? `${step} …` : `${step}: ${printable(line)}`),
    });
  } finally {
    progress.end();
  }
}

function exitCodeOf({ state, damagedBefore }: CollectionReport): ExitCode {
  if (state !== "whole") return EXIT.failed;
  return damagedBefore.length === 0 ? EXIT.done : EXIT.partly;
}
