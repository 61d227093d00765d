import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { ContentPusher } from "../../src/registry/push-content.ts";
import { RegistryClient } from "../../src/registry/registry-client.ts";
import { RegistryTransport } from "../../src/registry/transport.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { startRegistry, type RunningRegistry } from "../harness/registry.ts";
import { RegistryPusher } from "../harness/registry-images.ts";
import { openSession } from "./contract-session.ts";

const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const DOCKER = "application/vnd.docker.distribution.manifest";

/** Of distribution's notifications. */
interface Event {
  readonly action: string;
  readonly target: { readonly repository: string; readonly tag?: string; readonly digest?: string };
  readonly request: { readonly method: string; readonly useragent: string };
}

let registry: RunningRegistry;
let pusher: RegistryPusher;
let client: RegistryClient;
let transport: RegistryTransport;
let listener: Server;
const heard: Event[] = [];
const { signal } = new AbortController();

beforeAll(async () => {
  listener = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      heard.push(...(JSON.parse(Buffer.concat(chunks).toString()) as { events: Event[] }).events);
      response.end();
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as AddressInfo;
  registry = await startRegistry({
    notifications: `http://127.0.0.1:${port}`,
    remembers: true,
  });
  pusher = new RegistryPusher(registry.url);
  transport = new RegistryTransport({
    endpoint: { host: registry.address, plainHttp: true },
    findCredentials: async () => undefined,
    clock: Date.now,
    random: Math.random,
    userAgent: "plimsoll",
  });
  client = new RegistryClient(transport, signal);
});
afterAll(async () => {
  await transport.close();
  await registry.stop();
  listener.close();
});

/** Once the repository has told all: what is sent last is heard last. */
async function eventsOf(repository: string): Promise<readonly Event[]> {
  const last = `last-${heard.length}`;
  await pusher.image("other/marks", { tag: last });
  await expect.poll(() => heard.some(({ target }) => target.tag === last)).toBe(true);
  return heard.filter(({ target }) => target.repository === repository);
}

function raw(path: string, accept?: string, method = "GET"): Promise<Response> {
  const headers: Record<string, string> = accept === undefined ? {} : { accept };
  return fetch(`${registry.url}${path}`, { method, headers });
}

async function tagsOf(repository: string): Promise<readonly string[]> {
  const tags: string[] = [];
  for await (const tag of client.tags(repository)) tags.push(tag);
  return tags.toSorted();
}

async function dockerList(repository: string) {
  const child = await pusher.manifest(
    repository,
    {},
    {
      mediaType: `${DOCKER}.v2+json`,
      config: {
        mediaType: "application/vnd.docker.container.image.v1+json",
        ...(await pusher.blob(repository, Buffer.from('{"architecture":"amd64","os":"linux"}'))),
      },
      layers: [],
    },
  );
  const list = await pusher.manifest(
    repository,
    { tag: "list" },
    {
      mediaType: `${DOCKER}.list.v2+json`,
      manifests: [{ ...child, platform: { os: "linux", architecture: "amd64" } }],
    },
  );
  return { child, list };
}

/** What was measured on distribution 2.8.2, and what this program makes of it. */
const CASES: readonly (readonly [id: string, what: string, run: () => Promise<void>])[] = [
  [
    "LAB-01",
    "a scan raises events of pulls, each told by its user agent; a list of tags raises none",
    async () => {
      await pusher.image("lab/one", { tag: "1" });
      await tagsOf("lab/one");
      const pulls = (events: readonly Event[]) => events.filter(({ action }) => action === "pull");
      expect(pulls(await eventsOf("lab/one"))).toEqual([]);
      await (await openSession(`registry://${registry.address}/lab/one`)).look();
      const scan = pulls(await eventsOf("lab/one"));
      expect(scan.map(({ request }) => request.method)).toContain("HEAD");
      expect(new Set(scan.map(({ request }) => request.useragent))).toEqual(new Set(["plimsoll"]));
    },
  ],
  [
    "LAB-02",
    "a second scan asks conditionally, and raises no event",
    async () => {
      await pusher.image("lab/two", { tag: "1" });
      const memory = scratchFolder();
      const open = () => openSession(`registry://${registry.address}/lab/two`, { memory });
      const first = await (await open()).look();
      const before = await eventsOf("lab/two");
      expect((await (await open()).look()).images).toEqual(first.images);
      expect(await eventsOf("lab/two")).toHaveLength(before.length);
    },
  ],
  [
    "LAB-03",
    "an OCI manifest is not found by who does not accept it; here it is",
    async () => {
      const { digest } = await pusher.image("lab/three", { tag: "1" });
      expect((await raw("/v2/lab/three/manifests/1", `${DOCKER}.v2+json`)).status).toBe(404);
      expect(await client.headManifest("lab/three", "1")).toMatchObject({ digest });
    },
  ],
  [
    "LAB-04",
    "a list answers with its child to who does not accept it; here with itself",
    async () => {
      const { child, list } = await dockerList("lab/four");
      const answer = await raw("/v2/lab/four/manifests/list", `${DOCKER}.v2+json`, "HEAD");
      expect(answer.headers.get("docker-content-digest")).toBe(child.digest);
      expect(await client.headManifest("lab/four", "list")).toMatchObject({ digest: list.digest });
    },
  ],
  [
    "LAB-05",
    "a deletion by tag is refused, and nothing goes",
    async () => {
      await pusher.image("lab/five", { tag: "1" });
      await expect(client.deleteManifest("lab/five", "1")).rejects.toMatchObject({
        status: 400,
        codes: ["DIGEST_INVALID"],
      });
      expect(await tagsOf("lab/five")).toEqual(["1"]);
    },
  ],
  [
    "LAB-06",
    "a deletion by digest takes every tag on it, and tells of each",
    async () => {
      const image = await pusher.image("lab/six", { tag: "1" });
      await pusher.tag("lab/six", image, "2");
      expect(await client.deleteManifest("lab/six", image.digest)).toBe("deleted");
      expect(await tagsOf("lab/six")).toEqual([]);
      const deletions = (await eventsOf("lab/six")).filter(({ action }) => action === "delete");
      const told = deletions.map(({ target }) => target.tag ?? target.digest);
      expect(new Set(told)).toEqual(new Set(["1", "2", image.digest]));
      expect(told).toHaveLength(3);
    },
  ],
  [
    "LAB-07",
    "a second deletion finds nothing; the repository stays listed, without tags",
    async () => {
      const { digest } = await pusher.image("lab/seven", { tag: "1" });
      expect(await client.deleteManifest("lab/seven", digest)).toBe("deleted");
      expect(await client.deleteManifest("lab/seven", digest)).toBe("gone");
      expect(await (await raw("/v2/lab/seven/tags/list")).json()).toMatchObject({ tags: null });
      const session = await openSession(`registry://${registry.address}/lab/seven`);
      expect(await session.look()).toMatchObject({ complete: true, images: [] });
    },
  ],
  [
    "LAB-09",
    "a manifest with a subject is taken without a word, and there is no referrers API: its own word counts",
    async () => {
      const subject = await pusher.image("lab/nine", { tag: "1" });
      const sbom = await pusher.image("lab/nine", { subject, tag: "sbom" });
      expect(await client.referrers("lab/nine", subject.digest)).toBeUndefined();
      const session = await openSession(`registry://${registry.address}/lab/nine`);
      const found = (await session.look()).images.find(({ id }) => id.endsWith(sbom.digest));
      expect(found).toMatchObject({ subject: `lab/nine@${subject.digest}` });
    },
  ],
  [
    "LAB-10",
    "tags come in no pages and in any order, repositories in pages of a thousand at the most",
    async () => {
      for (const tag of ["c", "a", "b"]) await pusher.image("lab/ten", { tag });
      const page = (await (await raw("/v2/lab/ten/tags/list?n=2")).json()) as { tags: string[] };
      expect(page.tags).toHaveLength(3);
      expect(await tagsOf("lab/ten")).toEqual(["a", "b", "c"]);
      expect((await raw("/v2/_catalog?n=5000")).status).toBe(400);
      const names: string[] = [];
      for await (const name of client.repositories()) names.push(name);
      expect(names).toContain("lab/ten");
    },
  ],
  [
    "LAB-12",
    "after a collection a registry that runs on still tells of blobs that are gone; their first byte does not",
    async () => {
      const image = await pusher.image("lab/twelve", { tag: "1" });
      const manifest = await (
        await raw(`/v2/lab/twelve/manifests/${image.digest}`, OCI_MANIFEST)
      ).json();
      const [{ digest }] = (manifest as { layers: [{ digest: string }] }).layers;
      await client.deleteManifest("lab/twelve", image.digest);
      await registry.collect();
      expect(await client.headBlob("lab/twelve", digest)).toBeGreaterThan(0);
      expect(await new ContentPusher(transport, signal).holdsBlob("lab/twelve", digest)).toBe(
        false,
      );
    },
  ],
];

describe("as measured on docker-registry", () => {
  test.each(CASES)("%s: %s", (_id, _what, run) => run());
});
