import type { FakeRegistry } from "./fake-registry.ts";
import { MemoryRegistry } from "./memory-registry.ts";
import { ociRoutes } from "./oci-routes.ts";
import { serve, type Answer, type Asked } from "./serve.ts";

/** Go's zero time, which stands for "never". */
const NEVER = "0001-01-01T00:00:00Z";

export interface FakeZot extends FakeRegistry {
  /** As before 2.1.2: the times of pushes and pulls are no fields. */
  hasTimes: boolean;
}

/** zot (project-zot/zot, pkg/extensions/search/schema.graphql, ImageList; times as of project-zot/zot#2699). */
export async function startFakeZot(): Promise<FakeZot> {
  const memory = new MemoryRegistry();
  const protocol = ociRoutes(memory, { referrersApi: true, deletesTag: true });
  const running = await serve((asked) => answer(asked), protocol);
  const zot: FakeZot = { ...running, memory, hasTimes: true };

  const answer = ({ url }: Asked): Answer | undefined => {
    // pkg/extensions/README_mgmt.md
    if (url.pathname === "/v2/_zot/ext/mgmt")
      return { status: 200, body: { distSpecVersion: "1.1.1" } };
    if (url.pathname !== "/v2/_zot/ext/search") return undefined;
    const query = url.searchParams.get("query") ?? "";
    const [, repository = "", limit, offset] =
      /ImageList\(repo:"([^"]+)",requestedPage:\{limit:(\d+),offset:(\d+)/.exec(query) ?? [];
    if (!zot.hasTimes) {
      const message = 'Cannot query field "PushTimestamp" on type "ImageSummary".';
      return { status: 422, body: { errors: [{ message }], data: null } };
    }
    const { tags, manifests } = memory.repositories.get(repository) ?? {
      tags: [],
      manifests: null,
    };
    const results = [...tags]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([Tag, { digest, pushedMs }]) => {
        const pulledMs = manifests?.get(digest)?.pulledMs;
        return {
          Tag,
          Digest: digest,
          PushTimestamp: new Date(pushedMs).toISOString(),
          LastPullTimestamp: pulledMs === undefined ? NEVER : new Date(pulledMs).toISOString(),
        };
      });
    const Results = results.slice(Number(offset), Number(offset) + Number(limit));
    return { status: 200, body: { data: { ImageList: { Results } } } };
  };
  return zot;
}
