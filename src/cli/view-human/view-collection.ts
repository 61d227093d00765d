import type { CollectionReport } from "../../operations/collect-garbage.ts";
import type { Target } from "../../inventory/inventory.ts";
import { count } from "./view-bytes.ts";
import { printable } from "./printable.ts";

/** So many problems are named. */
const NAMED_AT_MOST = 20;

/** What to do for a garbage collection of distribution, and what to mind in this registry. */
export function renderCollectionGuide(
  { name }: Target,
  { tags, images }: { readonly tags: number; readonly images: number },
  untagged: string | undefined,
): string {
  const warning =
    untagged === undefined
      ? "Leave out --delete-untagged (-m): plan and apply remove untagged manifests, and look first."
      : `Never with --delete-untagged (-m) here: ${untagged}. Version 2.8 deletes these.`;
  return `${printable(name)}: ${count(tags, "tag")}, ${count(images, "manifest")}. Deleted images take their space until the registry collects it.

1. Make it read-only and restart it. In its configuration:
     storage: { maintenance: { readonly: { enabled: true } } }
   What is pushed while it collects would be lost.
2. Collect, with the same configuration file:
     registry garbage-collect /etc/docker/registry/config.yml
   (Debian: docker-registry garbage-collect FILE; first with --dry-run.)
   ${warning}
3. Take readonly out again and restart it. A registry that keeps running tells from memory of blobs that are gone, and
   takes pushes that need them.
4. Read every image again.

With --read-only, --collect and --restart, a command each, all of this is done here, and every image is read before and after.
`;
}

/** How a collection went. */
export function renderCollection({
  state,
  failure,
  images,
  tags,
  damaged,
  damagedBefore,
}: CollectionReport): string {
  const lines = {
    whole: `Collected. All ${images} manifests and ${tags} tags are there, with every blob.\n`,
    damaged: `${damaged.length} things that were there before are not whole any more:\n${someProblems(damaged)}`,
    failed: `Not done: ${failure === undefined ? "" : `${failure.step}: ${printable(failure.detail)}`}\n`,
  };
  const known =
    damagedBefore.length === 0
      ? ""
      : `Not whole before it already:\n${someProblems(damagedBefore)}`;
  return `${lines[state]}${known}`;
}

/** The first of many, a line each. */
export function someProblems(problems: readonly string[]): string {
  const rest = problems.length - NAMED_AT_MOST;
  const named = problems.slice(0, NAMED_AT_MOST).map((problem) => `  ${printable(problem)}\n`);
  return `${named.join("")}${rest > 0 ? `  and ${rest} more\n` : ""}`;
}
