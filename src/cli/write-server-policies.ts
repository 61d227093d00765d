import type { ServerComparison } from "../operations/server-policies.ts";
import type { addPolicies, TranslatedPolicy } from "../operations/write-server-policies.ts";
import type { Policy } from "../policy/policy.ts";
import type { ServerPolicies } from "../ports/server-upkeep.ts";
import type { CliContext } from "./cli-context.ts";
import { CliError, usageError } from "./cli-error.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { writeDocument } from "./json-chunks.ts";
import { compareAll, SERVER_POLICIES_SCHEMA, type ServerSession } from "./read-server-policies.ts";
import { hostOf } from "./require-upkeep.ts";
import {
  renderAdded,
  renderServerComparisons,
  renderTranslated,
} from "./view-human/view-server-policies.ts";

export interface TranslateOptions {
  readonly test: boolean;
  readonly write: boolean;
  /** Nobody is asked. */
  readonly yes: boolean;
  readonly json: boolean;
}

/** Says a policy in the registry's terms, tries it there, and adds it. What cannot be said whole is not written. */
export async function translatePolicy(
  context: CliContext,
  { session, policies: server }: ServerSession,
  policy: Policy,
  options: TranslateOptions,
): Promise<ExitCode> {
  const { stdout, stderr } = context;
  const { writing } = server;
  if (writing === undefined)
    throw usageError(
      `${session.target.name} has one policy for many repositories: none is written there`,
    );
  const operations = await import("../operations/write-server-policies.ts");
  const translated = await operations.translateFor(policy, hostOf(session), server.repositories());
  const isSaid = translated.every(({ unsayable }) => unsayable.length === 0);
  const text = options.json ? undefined : renderTranslated(translated);
  if (text !== undefined) (options.write ? stderr : stdout).write(text);
  if (options.write && !isSaid)
    throw new CliError(
      "nothing was written: not all of the policy can be said there",
      [
        "Leave such rules to plan and apply, or give the rules that can be said in a file of their own.",
      ],
      EXIT.usage,
    );
  const compared =
    options.test || options.write
      ? await compareAll(context, session, policy, translated, (each) =>
          operations.tryPolicies(writing, each),
        )
      : undefined;
  if (compared !== undefined && !options.json)
    (options.write ? stderr : stdout).write(renderServerComparisons(stdout, compared));
  const written =
    options.write && (await agreed(context, options, compared ?? []))
      ? await addAll({ ...server, writing }, translated, operations.addPolicies)
      : undefined;
  if (options.json)
    writeDocument(stdout, {
      schema: SERVER_POLICIES_SCHEMA,
      target: session.target,
      kind: server.kind,
      translated,
      ...(compared === undefined ? {} : { compared }),
      ...(written === undefined ? {} : { written }),
    });
  else if (written !== undefined) stdout.write(renderAdded(written));
  return isSaid ? EXIT.done : EXIT.partly;
}

export interface Written {
  readonly repository: string;
  readonly added: number;
  readonly others: number;
}

async function addAll(
  server: ServerPolicies & { readonly writing: NonNullable<ServerPolicies["writing"]> },
  translated: readonly TranslatedPolicy[],
  add: typeof addPolicies,
): Promise<readonly Written[]> {
  const written: Written[] = [];
  for (const each of translated)
    written.push({ repository: each.repository, ...(await add(server, each)) });
  return written;
}

async function agreed(
  context: CliContext,
  { yes }: TranslateOptions,
  compared: readonly ServerComparison[],
): Promise<boolean> {
  if (yes) return true;
  if (!context.canAsk)
    throw usageError("nobody can be asked here: --yes says that the policies are to be written");
  const tags = compared.reduce(
    (sum, { both, onlyServer }) => sum + both.length + onlyServer.length,
    0,
  );
  const question = `Add them? The registry then takes ${tags} tags by itself, and others as time goes by.`;
  if (await context.confirm(question)) return true;
  context.stderr.write("Nothing was written.\n");
  return false;
}
