import { expect, test } from "vitest";
import type { FactsCache } from "../ports/facts-cache.ts";
import { ManifestFactsReader } from "./manifest-facts.ts";
import type { RegistryClient } from "./registry-client.ts";
import { RegistryError } from "./registry-error.ts";
import { TagLook } from "./tag-look.ts";

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const [A, B] = [digest("a"), digest("b")];

/** One repository whose manifests are images of nothing; `asked` counts what was asked of it. */
function lookAt(tags: Map<string, string>, remembered = new Map<string, string>()) {
  const asked: string[] = [];
  let nowMs = 0;
  const client: Pick<RegistryClient, "registry" | "tags" | "headManifest"> = {
    registry: "r",
    async *tags() {
      asked.push("list");
      yield* tags.keys();
    },
    async headManifest(_repository, tag, known) {
      asked.push(tag);
      const means = tags.get(tag);
      if (means === "broken")
        throw new RegistryError("server", { registry: "r", detail: "HTTP 500" });
      if (means === undefined) return undefined;
      return means === known ? "unchanged" : { digest: means, mediaType: "", sizeBytes: 0 };
    },
  };
  const facts = JSON.stringify({ children: [] });
  const cache: FactsCache = {
    read: (_scope, keys) => new Map(keys.map((key) => [key, facts])),
    write: () => undefined,
    retain: () => undefined,
  };
  const memory = { recall: () => remembered, remember: () => undefined };
  const look = new TagLook(
    client as RegistryClient,
    new ManifestFactsReader(client as RegistryClient, cache),
    memory,
    () => nowMs,
    new AbortController().signal,
  );
  return {
    look,
    /** What has been asked since the last time, sorted. */
    taken: () => asked.splice(0).toSorted(),
    wait: (ms: number) => (nowMs += ms),
  };
}

test("one look at all tags serves the images that go right after it", async () => {
  const { look, taken } = lookAt(
    new Map([
      ["1", A],
      ["2", A],
      ["3", B],
    ]),
  );
  expect(await look.standingOf("app", A)).toEqual({ tags: ["1", "2"], listedBy: [] });
  expect(taken()).toEqual(["1", "2", "3", "list"]);
  expect(await look.standingOf("app", B)).toEqual({ tags: ["3"], listedBy: [] });
  expect(taken()).toEqual([]);
});

test("later an image's own tags are asked again, and the list is read again", async () => {
  const tags = new Map([
    ["1", A],
    ["2", A],
    ["3", B],
  ]);
  const { look, taken, wait } = lookAt(tags);
  await look.standingOf("app", A);
  taken();
  wait(2_000);
  tags.set("4", A).delete("1");
  expect((await look.standingOf("app", A)).tags).toEqual(["2", "4"]);
  expect(taken()).toEqual(["2", "4", "list"]);
});

test("all tags are asked again after a while: one of another image may have moved here", async () => {
  const tags = new Map([
    ["1", A],
    ["3", B],
  ]);
  const { look, taken, wait } = lookAt(tags);
  await look.standingOf("app", A);
  taken();
  tags.set("3", A);
  wait(5_000);
  expect((await look.standingOf("app", A)).tags).toEqual(["1", "3"]);
  expect(taken()).toEqual(["1", "3", "list"]);
});

test("a look that takes long is good for long, or all would be asked for each image", async () => {
  const { look, taken, wait } = lookAt(
    new Map([
      ["1", A],
      ["3", B],
    ]),
  );
  const first = look.standingOf("app", A);
  wait(60_000);
  await first;
  taken();
  wait(29_000);
  await look.standingOf("app", A);
  expect(taken()).toEqual(["1", "list"]);
  wait(2_000);
  await look.standingOf("app", A);
  expect(taken()).toEqual(["1", "3", "list"]);
});

test("tags that were known before are asked with what they meant", async () => {
  const { look } = lookAt(
    new Map([
      ["1", A],
      ["3", B],
    ]),
    new Map([
      ["1", A],
      ["3", A],
    ]),
  );
  expect((await look.standingOf("app", A)).tags).toEqual(["1"]);
});

test("what was deleted has no tags any more, and nobody is asked for that", async () => {
  const { look, taken } = lookAt(
    new Map([
      ["1", A],
      ["3", B],
    ]),
  );
  await look.standingOf("app", A);
  await look.forget("app", A);
  taken();
  expect((await look.standingOf("app", A)).tags).toEqual([]);
  expect(taken()).toEqual([]);
});

test("after a look that failed there is no other at that repository", async () => {
  const tags = new Map([
    ["1", A],
    ["3", "broken"],
  ]);
  const { look, taken } = lookAt(tags);
  await expect(look.standingOf("app", A)).rejects.toThrow("HTTP 500");
  tags.set("3", B);
  taken();
  await expect(look.standingOf("app", A)).rejects.toThrow(
    "nothing more is deleted in app in this run, for this has failed there: HTTP 500",
  );
  await expect(look.meaningOf("app", "1")).rejects.toThrow("nothing more");
  expect(taken()).toEqual([]);
  expect((await look.standingOf("other", A)).tags).toEqual(["1"]);
});
