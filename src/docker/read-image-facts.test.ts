import { expect, test } from "vitest";
import type { EngineClient } from "./connection/engine-client.ts";
import { EngineError, type EngineErrorKind } from "./engine-error.ts";
import { FactsBook } from "./facts-book.ts";
import { chainIdsOf } from "./layers/layer-chain.ts";
import { factsOf, lookAtImages, unknownImages } from "./read-image-facts.ts";
import { readListedImage, type ListedImage } from "./read-image-list.ts";

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const LAYERS = [digest("1"), digest("2")];
/** As 28.5.2 answers, shortened. */
const INSPECTED = {
  Created: "2026-11-21T12:43:13.402Z",
  Os: "linux",
  Architecture: "arm64",
  Variant: "v8",
  Size: 10,
  RootFS: { Layers: LAYERS },
  Metadata: { LastTagTime: "0001-01-01T00:00:00Z" },
  GraphDriver: { Data: { UpperDir: "/r/overlay2/top/diff", LowerDir: "/r/overlay2/bottom/diff" } },
};

function listed(digit: string, ...tags: readonly string[]): ListedImage {
  const image = readListedImage({ Id: digest(digit), RepoTags: tags });
  if (image === undefined) throw new Error("not an image");
  return image;
}

function emptyBook(): FactsBook {
  return new FactsBook(
    { read: () => new Map(), write: () => undefined, retain: () => undefined },
    "test",
  );
}

/** Answers each look with the description, or fails the way it is told for that image. */
function engineThat(failures: Readonly<Record<string, EngineErrorKind>>): EngineClient {
  const getJson = (path: string) => {
    const id = path.split("/")[2] ?? "";
    const kind = failures[id];
    if (kind === undefined) return Promise.resolve(INSPECTED);
    return Promise.reject(new EngineError(kind, { address: "unix:///x", detail: "it failed" }));
  };
  return { getJson } as unknown as EngineClient;
}

const look = (client: EngineClient, book: FactsBook, images: readonly ListedImage[]) =>
  lookAtImages(
    { client, signal: new AbortController().signal, imageStore: "graphdriver" },
    book,
    images,
    () => undefined,
  );

test("facts of an image: the zero tag time of a pulled one is unknown", () => {
  expect(factsOf(INSPECTED, "a:1", "graphdriver")).toEqual({
    createdAt: "2026-11-21T12:43:13.402Z",
    platforms: ["linux/arm64/v8"],
    chainIds: chainIdsOf(LAYERS),
    seenAs: "a:1",
  });
});

test("a look enters the image and where its layers are", async () => {
  const book = emptyBook();
  await look(engineThat({}), book, [listed("a", "a:1")]);
  expect(book.images.get(digest("a"))?.chainIds).toEqual(chainIdsOf(LAYERS));
  expect([...book.blobs.values()]).toEqual([{ directory: "bottom" }, { directory: "top" }]);
});

test("an image that vanishes is gone, one that cannot be looked at is told, the others are read", async () => {
  const book = emptyBook();
  const images = ["a", "b", "c"].map((digit) => listed(digit));
  const client = engineThat({ [digest("a")]: "not-found", [digest("b")]: "server" });
  const { gone, unreadable } = await look(client, book, images);
  expect([...gone]).toEqual([digest("a")]);
  expect([...unreadable.keys()]).toEqual([digest("b")]);
  expect([...book.images.keys()]).toEqual([digest("c")]);
});

test("what was cancelled is no answer", async () => {
  const client = engineThat({ [digest("a")]: "aborted" });
  await expect(look(client, emptyBook(), [listed("a")])).rejects.toThrow("it failed");
});

test.each([
  { title: "the same names in another order", now: ["a:2", "a:1"], again: 0 },
  { title: "another name", now: ["a:1", "a:2", "a:3"], again: 1 },
  { title: "a name less", now: ["a:1"], again: 1 },
])("an image is looked at again for its tag time: $title", async ({ now, again }) => {
  const book = emptyBook();
  await look(engineThat({}), book, [listed("a", "a:1", "a:2")]);
  expect(unknownImages(book, [listed("a", ...now)])).toHaveLength(again);
});

test("an element of the list, as Podman has it", () => {
  const hex = "a".repeat(64);
  expect(
    readListedImage({ Id: hex, ParentId: hex, RepoTags: null, Created: 1, Size: 5, Labels: null }),
  ).toEqual({
    id: digest("a"),
    references: [],
    repoDigests: [],
    parent: digest("a"),
    created: 1,
    sizeBytes: 5,
    labels: {},
    manifests: [],
  });
  expect(readListedImage({ Id: "short" })).toBeUndefined();
});
