import type { Plan } from "../plan/plan.ts";
import type { ServerPolicies, ServerPolicy, ServerRemoval } from "../ports/server-upkeep.ts";

/** What a registry carries out by itself in one repository. */
export interface RepositoryPolicies {
  readonly repository: string;
  readonly policies: readonly ServerPolicy[];
}

/** Where the registry and a plan differ about the tags of one repository. */
export interface ServerComparison {
  readonly repository: string;
  readonly both: readonly string[];
  /** Tags that only the registry would take, with why the plan keeps them. */
  readonly onlyServer: readonly { readonly tag: string; readonly kept: string }[];
  /** Tags that only the plan takes, with its rule. */
  readonly onlyPlan: readonly { readonly tag: string; readonly rule: string }[];
}

/** Repositories without policies are left out. */
export async function readServerPolicies(
  server: ServerPolicies,
): Promise<readonly RepositoryPolicies[]> {
  const found: RepositoryPolicies[] = [];
  for await (const repository of server.repositories()) {
    const policies = await server.read(repository);
    if (policies.length > 0) found.push({ repository, policies });
  }
  return found;
}

/** Each policy once, as one document for an import: of a project's repositories all tell the same. */
export function asDocument(found: readonly RepositoryPolicies[]): string {
  const texts = found.flatMap(({ policies }) => policies.map((policy) => JSON.stringify(policy)));
  return `[${[...new Set(texts)].join(",")}]`;
}

/** `host` is the registry's name in references. */
export function compareWithServer(
  { actions, kept }: Plan,
  host: string,
  repository: string,
  removals: readonly ServerRemoval[],
): ServerComparison {
  const prefix = `${host}/${repository}:`;
  const tagsOf = (references: readonly string[]): readonly string[] =>
    references.flatMap((name) => (name.startsWith(prefix) ? name.slice(prefix.length) : []));
  const planned = new Map<string, string>();
  for (const { kind, subject, references, rule } of actions) {
    if (kind === "delete-image") for (const tag of tagsOf(references)) planned.set(tag, rule);
    if (kind === "untag") for (const tag of tagsOf([subject])) planned.set(tag, rule);
  }
  const reasons = new Map<string, string>();
  for (const each of kept) {
    const why = each.reasons.map(({ detail }) => detail).join("; ");
    for (const tag of tagsOf(each.references)) reasons.set(tag, why);
  }
  const server = new Set(removals.map(({ tag }) => tag));
  const sorted = [...server].toSorted();
  return {
    repository,
    both: sorted.filter((tag) => planned.has(tag)),
    onlyServer: sorted
      .filter((tag) => !planned.has(tag))
      .map((tag) => ({ tag, kept: reasons.get(tag) ?? "it is not listed" })),
    onlyPlan: [...planned]
      .filter(([tag]) => !server.has(tag))
      .map(([tag, rule]) => ({ tag, rule }))
      .toSorted((a, b) => (a.tag < b.tag ? -1 : 1)),
  };
}
