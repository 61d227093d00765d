import { exportDtr, type ExportedPolicy } from "../policy/export/dtr.ts";
import { libraryNeeds } from "../policy/library-needs.ts";
import type { Policy } from "../policy/policy.ts";
import type { ServerPolicies, ServerPolicy, ServerRemoval } from "../ports/server-upkeep.ts";
import { loadLibraries } from "./load-libraries.ts";

/** What a policy is in the registry's terms, for one repository. */
export interface TranslatedPolicy extends ExportedPolicy {
  readonly repository: string;
}

/** Translates a policy for each repository that it has rules for. */
export async function translateFor(
  policy: Policy,
  host: string,
  repositories: AsyncIterable<string>,
): Promise<readonly TranslatedPolicy[]> {
  const libraries = await loadLibraries(libraryNeeds(policy));
  const translated: TranslatedPolicy[] = [];
  for await (const repository of repositories) {
    const exported = exportDtr(policy, `${host}/${repository}`, libraries);
    if (exported.policies.length + exported.unsayable.length > 0)
      translated.push({ repository, ...exported });
  }
  return translated;
}

type Writing = NonNullable<ServerPolicies["writing"]>;

/** What the registry would take by all of them together. It takes nothing. */
export async function tryPolicies(
  writing: Writing,
  { repository, policies }: TranslatedPolicy,
): Promise<readonly ServerRemoval[]> {
  const taken = new Map<string, ServerRemoval>();
  for (const { policy } of policies)
    for (const removal of await writing.test(repository, asServerPolicy(policy)))
      taken.set(removal.tag, removal);
  return [...taken.values()];
}

/** Adds those that are not there yet; answers how many, and how many others there are, which go on pruning. */
export async function addPolicies(
  server: Pick<ServerPolicies, "read"> & { readonly writing: Writing },
  { repository, policies }: TranslatedPolicy,
): Promise<{ readonly added: number; readonly others: number }> {
  const there = (await server.read(repository)).filter((policy) => "rules" in policy);
  const same = (a: ServerPolicy, b: ServerPolicy): boolean => keyOf(a) === keyOf(b);
  const wanted = policies.map(({ policy }) => asServerPolicy(policy));
  const missing = wanted.filter((policy) => !there.some((each) => same(each, policy)));
  for (const policy of missing) await server.writing.add(repository, policy);
  return {
    added: missing.length,
    others: there.filter((policy) => !wanted.some((each) => same(each, policy))).length,
  };
}

function asServerPolicy({ enabled, rules }: { enabled: boolean; rules: unknown }): ServerPolicy {
  return { enabled, rules };
}

function keyOf({ enabled, rules }: ServerPolicy): string {
  const list = (Array.isArray(rules) ? rules : []) as readonly ServerPolicy[];
  return JSON.stringify([
    enabled,
    list.map(({ field, operator, values }) => [field, operator, values]),
  ]);
}
