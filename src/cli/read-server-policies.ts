import type { TargetSession } from "../operations/target-session.ts";
import type { RepositoryPolicies, ServerComparison } from "../operations/server-policies.ts";
import type { Imported } from "../policy/import/imported.ts";
import type { Policy } from "../policy/policy.ts";
import type { ServerPolicies } from "../ports/server-upkeep.ts";
import type { CliContext } from "./cli-context.ts";
import { CliError } from "./cli-error.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { writeDocument } from "./json-chunks.ts";
import { planObserved } from "./plan-observed.ts";
import { hostOf } from "./require-upkeep.ts";
import { renderServerComparisons } from "./view-human/view-server-policies.ts";
import { observe } from "./with-target.ts";

export const SERVER_POLICIES_SCHEMA = "plimsoll.server-policies/1";

/** A registry with its own retention. */
export interface ServerSession {
  readonly session: TargetSession;
  readonly policies: ServerPolicies;
}

/** Prints what a registry has by itself, as a policy, or compares what it would take with what a plan by it would. */
export async function readOwnPolicies(
  context: CliContext,
  { session, policies: server }: ServerSession,
  { test, json }: { readonly test: boolean; readonly json: boolean },
): Promise<ExitCode> {
  const { stdout } = context;
  const { asDocument, readServerPolicies } = await import("../operations/server-policies.ts");
  const found = await readServerPolicies(server);
  const { policy, remarks } = await importOwn(session, server, asDocument(found));
  const compared = test
    ? await compareAll(context, session, policy, found, ({ repository }) =>
        server.dryRun(repository),
      )
    : undefined;
  if (json) {
    const { target } = session;
    writeDocument(stdout, {
      schema: SERVER_POLICIES_SCHEMA,
      target,
      kind: server.kind,
      repositories: found,
      policy,
      remarks,
      ...(compared === undefined ? {} : { compared }),
    });
  } else if (compared !== undefined) {
    stdout.write(renderServerComparisons(stdout, compared));
  } else {
    const { writePolicy } = await import("../policy/file/write-policy.ts");
    stdout.write(writePolicy(policy, remarks));
  }
  return EXIT.done;
}

async function importOwn(
  { target }: TargetSession,
  { kind }: ServerPolicies,
  text: string,
): Promise<Extract<Imported, { policy: Policy }>> {
  if (text === "[]") {
    const source = `${target.name} has no policies`;
    return { policy: { source, protect: [], images: [] }, remarks: [{ text: `${source}.` }] };
  }
  const { importPolicy } = await import("../policy/import/import-policy.ts");
  const read = await importPolicy(kind, text);
  if (read !== undefined && "policy" in read) return read;
  const problems = (read?.problems ?? []).map((problem) => `  ${problem}`);
  throw new CliError(
    [`the policies of ${target.name} cannot be read:`, ...problems].join("\n"),
    ["Name one repository: -t registry://HOST/REPOSITORY."],
    EXIT.failed,
  );
}

/** Plans, asks the registry about each repository, and compares. */
export async function compareAll<T extends Pick<RepositoryPolicies, "repository">>(
  context: CliContext,
  session: TargetSession,
  policy: Policy,
  repositories: readonly T[],
  ask: (repository: T) => ReturnType<ServerPolicies["dryRun"]>,
): Promise<readonly ServerComparison[]> {
  const { compareWithServer } = await import("../operations/server-policies.ts");
  const plan = await planObserved(context, observe(context, session), {
    policy,
    filters: undefined,
    session,
  });
  const compared: ServerComparison[] = [];
  for (const each of repositories)
    compared.push(compareWithServer(plan, hostOf(session), each.repository, await ask(each)));
  return compared;
}
