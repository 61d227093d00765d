import { describe, expect, test } from "vitest";
import { FakeTarget } from "../../test/fakes/fake-target.ts";
import type { Image } from "../inventory/image.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { Container } from "../inventory/resources.ts";
import type { PullEvidence } from "../ports/pull-log.ts";
import type { Remembered, Sighting } from "../ports/sighting-log.ts";
import { observe } from "./observe.ts";

const ID = `sha256:${"a".repeat(64)}`;
const CREATED = "2026-01-01T00:00:00Z";
const EARLIER = "2026-11-01T00:00:00Z";
const NOW = "2026-11-21T12:00:00Z";
const OPTIONS = { signal: new AbortController().signal };

async function observed(
  change: (inventory: Inventory) => Partial<Inventory>,
  memory: Readonly<Record<string, Remembered>> = {},
  pulls?: PullEvidence,
) {
  const target = new FakeTarget();
  target.addImage(ID, { la: 1 });
  const taken = await target.observe();
  const recorded: Sighting[] = [];
  const unseen: string[] = [];
  const inventory = await observe(
    { target: target.target, observe: async () => ({ ...taken, ...change(taken) }) },
    {
      record: (_key, sightings, now, mayBeUnseen) => {
        unseen.push(...Object.keys(memory).filter((id) => mayBeUnseen?.(id) === true));
        recorded.push(...sightings);
        return new Map(
          sightings.map(({ imageId }) => [imageId, memory[imageId] ?? { firstSeenAt: now }]),
        );
      },
    },
    () => Date.parse(NOW),
    OPTIONS,
    () => pulls,
  );
  return { image: inventory.images[0], recorded, unseen };
}

function withImage(over: Partial<Image>) {
  return ({ images }: Inventory) => ({ images: images.map((image) => ({ ...image, ...over })) });
}

function withContainer(over: Partial<Container>) {
  const container: Container = {
    id: "c1",
    name: "web",
    image: ID,
    imageId: ID,
    state: "exited",
    createdAt: CREATED,
    labels: {},
    imageMounts: [],
    volumes: [],
    networks: [],
    ...over,
  };
  return () => ({ containers: [container] });
}

test("an arrival that the target does not tell is the first sighting", async () => {
  const { image } = await observed(() => ({}), { [ID]: { firstSeenAt: EARLIER } });
  expect(image).toMatchObject({ firstSeenAt: EARLIER, arrivedAt: EARLIER });
});

test("an arrival that the target tells stays", async () => {
  const { image } = await observed(withImage({ arrivedAt: CREATED }), {
    [ID]: { firstSeenAt: EARLIER },
  });
  expect(image).toMatchObject({ firstSeenAt: EARLIER, arrivedAt: CREATED });
});

test("the remembered use is filled in", async () => {
  const { image } = await observed(() => ({}), {
    [ID]: { firstSeenAt: EARLIER, lastUsedAt: EARLIER },
  });
  expect(image?.lastUsedAt).toBe(EARLIER);
});

test("where images may be missing, nothing is recorded or filled in", async () => {
  const { image, recorded } = await observed(() => ({ unread: ["images"], complete: false }));
  expect(recorded).toEqual([]);
  expect(image).not.toHaveProperty("firstSeenAt");
});

const USES: readonly (readonly [string, Partial<Container>, string])[] = [
  ["running", { state: "running", startedAt: EARLIER }, NOW],
  ["paused", { state: "paused", startedAt: EARLIER }, NOW],
  ["exited", { state: "exited", startedAt: CREATED, finishedAt: EARLIER }, EARLIER],
  ["exited without a known end", { state: "exited", startedAt: EARLIER }, EARLIER],
  ["created", { state: "created" }, CREATED],
];

test.each(USES)("a container that is %s shows a use", async (_name, container, usedAt) => {
  const { recorded } = await observed(withContainer(container));
  expect(recorded).toEqual([{ imageId: ID, usedAt }]);
});

test("of two uses the later one counts", async () => {
  const { recorded } = await observed((inventory) => ({
    ...withImage({ lastUsedAt: EARLIER })(inventory),
    ...withContainer({ state: "exited", finishedAt: CREATED })(),
  }));
  expect(recorded).toEqual([{ imageId: ID, usedAt: EARLIER }]);
});

test("where repositories were not read, what they hold stays remembered", async () => {
  const seen = { firstSeenAt: EARLIER };
  const memory = {
    [`app@${ID}`]: seen,
    "app@sha256:gone": seen,
    "half@sha256:b": seen,
    "other@sha256:c": seen,
  };
  const { image, unseen } = await observed(
    ({ images: [first] }) => ({
      unread: ["repositories"],
      images: [
        { ...first, id: `app@${ID}` } as Image,
        { ...first, id: "half@sha256:a", unreadable: "a tag does not resolve" } as Image,
      ],
    }),
    memory,
  );
  expect(image).toMatchObject({ arrivedAt: EARLIER });
  expect(unseen).toEqual(["half@sha256:b", "other@sha256:c"]);
});

describe("use of an image in a registry", () => {
  const asRegistry =
    (over: Partial<Image> = {}) =>
    (inventory: Inventory): Partial<Inventory> => ({
      ...withImage(over)(inventory),
      target: { ...inventory.target, kind: "registry" },
    });
  const memory = { [ID]: { firstSeenAt: EARLIER } };
  const LATER = "2026-11-10T00:00:00Z";
  const never = new Map<string, string>();

  test("is not known where nobody listened to pulls", async () => {
    const { image } = await observed(asRegistry(), memory);
    expect(image?.firstSeenAt).toBeUndefined();
    expect(image).toMatchObject({ arrivedAt: EARLIER });
  });

  test("is known since somebody listened", async () => {
    const { image } = await observed(asRegistry(), memory, { since: LATER, lastPulledAt: never });
    expect(image?.firstSeenAt).toBe(LATER);
    expect(image?.lastUsedAt).toBeUndefined();
  });

  test("is the last pull, and is remembered", async () => {
    const pulls = { since: CREATED, lastPulledAt: new Map([[ID, LATER]]) };
    const { image, recorded } = await observed(asRegistry(), memory, pulls);
    expect(image?.firstSeenAt).toBe(EARLIER);
    expect(recorded).toEqual([{ imageId: ID, usedAt: LATER }]);
  });

  test("is known where the registry itself tells of it", async () => {
    const { image } = await observed(asRegistry({ lastUsedAt: LATER }), memory);
    expect(image?.firstSeenAt).toBe(EARLIER);
  });
});
