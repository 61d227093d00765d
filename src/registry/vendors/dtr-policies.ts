import type { ServerPolicies, ServerPolicy, ServerRemoval } from "../../ports/server-upkeep.ts";
import { digestIn, textIn } from "../api-fields.ts";
import type { ApiObject, VendorApi } from "../vendor-api.ts";
import { dtrAnswers, dtrPages, REPOSITORIES } from "./dtr-api.ts";

/**
 * Pruning policies of DTR (docker/docs, reference/dtr/2.7/api, `pruningPolicies`) and the tag limit of a repository. The
 * server looks at its policies every 15 minutes, and at a new one at once unless it is told not to.
 */
export function dtrPolicies(
  api: VendorApi,
  repositories: () => AsyncIterable<string>,
): ServerPolicies {
  const pathOf = (repository: string): string => `${REPOSITORIES}/${repository}/pruningPolicies`;

  const read = async (repository: string): Promise<readonly ServerPolicy[]> => {
    const policies: ServerPolicy[] = [];
    for await (const policy of dtrPages(api, pathOf(repository)))
      policies.push({ ...policy, repository });
    const { body } = await api.get(`${REPOSITORIES}/${repository}`);
    const { namespace, name, tagLimit, immutableTags } = (body ?? {}) as ApiObject;
    const isLimited = typeof tagLimit === "number" && tagLimit > 0;
    return isLimited ? [...policies, { namespace, name, tagLimit, immutableTags }] : policies;
  };

  const test = async (
    repository: string,
    { enabled, rules }: ServerPolicy,
  ): Promise<readonly ServerRemoval[]> => {
    const removals: ServerRemoval[] = [];
    const path = `${pathOf(repository)}/test`;
    for await (const thin of dtrAnswers(api, path, { enabled, rules })) {
      const [tag, digest] = [textIn(thin, "name"), digestIn(thin, "digest")];
      if (tag !== undefined && digest !== undefined) removals.push({ tag, digest });
    }
    return removals;
  };

  return {
    kind: "dtr",
    repositories,
    read,
    async dryRun(repository) {
      const taken = new Map<string, ServerRemoval>();
      for (const policy of await read(repository)) {
        // A tag limit cannot be asked about: it acts when a tag is pushed.
        if (policy["enabled"] !== true) continue;
        for (const removal of await test(repository, policy)) taken.set(removal.tag, removal);
      }
      return [...taken.values()];
    },
    writing: {
      test,
      async add(repository, { enabled, rules }) {
        await api.send("POST", `${pathOf(repository)}?initialEvaluation=false`, { enabled, rules });
      },
    },
  };
}
