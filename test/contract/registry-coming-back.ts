import { createHash } from "node:crypto";
import type { UndoReport } from "../../src/operations/undo.ts";
import type { Action, Plan } from "../../src/plan/plan.ts";
import type { ImageRule, Policy } from "../../src/policy/policy.ts";
import { RegistryPusher, type PushedManifest } from "../harness/registry-images.ts";
import type { ContractSession } from "./contract-session.ts";

const ACCEPT = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
].join(", ");

export const EVERYTHING: Policy = removing({});

export function removing(...matches: readonly ImageRule["match"][]): Policy {
  const images = matches.map((match, index) => ({ name: `rule ${index}`, match, keep: {} }));
  return { source: "test", protect: [], images };
}

/** The plan with this way back for its images. */
export function comingBackBy(way: "record" | "archive", plan: Plan): Plan {
  const actions = plan.actions.map((action): Action => {
    if (action.kind === "delete-image") return { ...action, recovery: { way, detail: "" } };
    return action.kind === "untag"
      ? { ...action, recovery: { way: "record", detail: "" } }
      : action;
  });
  return { ...plan, actions };
}

export function undo(session: ContractSession, runId?: string): Promise<UndoReport> {
  const { signal } = new AbortController();
  if (session.recovery === undefined) throw new Error("nothing comes back");
  return session.recovery.undo(runId, { signal, onStep: () => undefined });
}

/** What one repository holds in the tests: two indexes that share a child, one nested; a retagged image; signatures by tag. */
export async function fillRepository(
  url: string,
  repository: string,
): Promise<Readonly<Record<string, PushedManifest>>> {
  const pusher = new RegistryPusher(url);
  const base = Buffer.alloc(5000, repository.length);
  const image = (architecture: string) => pusher.image(repository, { architecture, base });
  const shared = await image("amd64");
  const arm = await image("arm64");
  const inner = await pusher.index(repository, [{ ...arm, architecture: "arm64" }]);
  const nested = await pusher.index(repository, [{ ...shared, architecture: "amd64" }, inner], {
    tag: "nested",
  });
  const other = await image("s390x");
  const flat = await pusher.index(
    repository,
    [
      { ...shared, architecture: "amd64" },
      { ...other, architecture: "s390x" },
    ],
    { tag: "flat" },
  );
  const retagged = await pusher.image(repository, { tag: "1.0", base });
  for (const tag of ["1", "stable"]) await pusher.tag(repository, retagged, tag);
  const tagOf = ({ digest }: PushedManifest): string => digest.replace(":", "-");
  const signature = await pusher.image(repository, { tag: `${tagOf(nested)}.sig` });
  const sbom = await pusher.image(repository, {
    subject: retagged,
    artifactType: "application/spdx+json",
  });
  const referrers = await pusher.index(repository, [sbom], { tag: tagOf(retagged) });
  return { shared, arm, inner, nested, other, flat, retagged, signature, sbom, referrers };
}

/**
 * By tag what it means, and by digest of every manifest below: `whole`, once it and all its blobs have been pulled and held
 * against their digests. `roots`: manifests without a tag.
 */
export async function pullAll(
  url: string,
  repository: string,
  roots: readonly string[] = [],
): Promise<Readonly<Record<string, string>>> {
  const found = new Map<string, string>();
  const waiting = [...roots];
  for (const tag of await listTags(url, repository)) {
    const { digest } = await pull(`${url}/v2/${repository}/manifests/${tag}`);
    found.set(tag, digest);
    waiting.push(digest);
  }
  for (let digest = waiting.pop(); digest !== undefined; digest = waiting.pop()) {
    if (found.has(digest)) continue;
    found.set(digest, "whole");
    const { bytes } = await pull(`${url}/v2/${repository}/manifests/${digest}`, digest);
    const { manifests = [], config, layers = [] } = JSON.parse(bytes.toString("utf8")) as Document;
    waiting.push(...manifests.map((each) => each.digest));
    for (const blob of [...(config ? [config] : []), ...layers]) {
      if (found.has(blob.digest)) continue;
      await pull(`${url}/v2/${repository}/blobs/${blob.digest}`, blob.digest);
      found.set(blob.digest, "whole");
    }
  }
  return Object.fromEntries([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

async function listTags(url: string, repository: string): Promise<readonly string[]> {
  const found: string[] = [];
  let next: string | undefined = `/v2/${repository}/tags/list`;
  while (next !== undefined) {
    const answer: Response = await fetch(new URL(next, url));
    const { tags } = (await answer.json()) as { tags?: readonly string[] | null };
    found.push(...(tags ?? []));
    next = /<([^>]+)>/.exec(answer.headers.get("link") ?? "")?.[1];
  }
  return found;
}

interface Document {
  readonly manifests?: readonly PushedManifest[];
  readonly config?: PushedManifest;
  readonly layers?: readonly PushedManifest[];
}

async function pull(url: string, expected?: string): Promise<{ digest: string; bytes: Buffer }> {
  const answer = await fetch(url, { headers: { accept: ACCEPT } });
  const bytes = Buffer.from(await answer.arrayBuffer());
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  if (answer.status !== 200) throw new Error(`${url}: HTTP ${answer.status}`);
  if (expected !== undefined && digest !== expected) throw new Error(`${url} is ${digest}`);
  return { digest, bytes };
}
