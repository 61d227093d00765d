import { expect } from "vitest";

import {
  idOf,
  inventoryOf,
  planFor,
  subjectsOf,
  wordOf,
  type HostWords,
} from "../fixtures/host-in-words.ts";
import { createContentGraph } from "../../src/inventory/content-graph.ts";
import { describeCases, everyImage, preset, testCases, type CaseRow } from "./case-table.ts";

testCases<CaseRow & { host: HostWords; order: string }>(
  "in which order",
  [
    {
      id: "A14",
      what: "least recently active first",
      host: {
        images: { b: { created: "3d" }, a: { created: "2d" }, c: { created: "5d", used: "1d" } },
      },
      order: "b a c",
    },
    {
      id: "A14-ties",
      what: "children before their parents, then by ID",
      host: {
        images: {
          base: { created: "9d" },
          mid: { created: "9d", parent: "base" },
          top: { created: "9d", parent: "mid" },
          z: { created: "9d" },
        },
      },
      order: "top z mid base",
    },
    {
      id: "C8",
      what: "whatever the order of the list",
      host: { images: { new: { created: "1d" }, old: { created: "9d" }, mid: { created: "5d" } } },
      order: "old mid new",
    },
    {
      id: "H28",
      what: "an index before its manifests",
      host: {
        images: {
          arm: { created: "9d" },
          index: { names: "app:1", children: "arm", created: "1d" },
        },
      },
      order: "index arm",
    },
    {
      id: "K2",
      what: "each image once",
      host: { images: { app: { names: "a:1 b:1 c@x" }, part: { parent: "app" } } },
      order: "part app",
    },
  ],
  ({ host, order }) => {
    expect(subjectsOf(planFor(host, everyImage()), "delete-image").map(wordOf).join(" ")).toBe(
      order,
    );
  },
);

const ages = (...months: readonly number[]): HostWords => ({
  images: Object.fromEntries(
    months.map((month) => [
      `m${month}`,
      { names: `app:${month}`, created: "900d", used: `${month * 30}d`, seen: "900d" },
    ]),
  ),
});
const disk = (totalBytes: number, freeBytes: number) => ({ disk: { totalBytes, freeBytes } });
const loadLine = {
  images: [{ name: "any", match: {}, keep: { always: true as const }, underPressure: true }],
  headroom: { start: { share: 0.9 }, stop: { share: 0.8 } },
};

describeCases("how much", [
  {
    id: "A7",
    what: "a parent that was used before its child stays with it",
    host: {
      images: {
        base: { created: "42d" },
        app: { created: "41d", parent: "base" },
        new: { created: "1d" },
      },
    },
    policy: { freeBytes: 1, protect: [{ createdAfter: "base" }] },
    deletes: "",
  },
  {
    id: "A8",
    what: "a child that was used before its parent goes alone",
    host: {
      images: {
        base: { created: "41d", names: "base:1" },
        app: { created: "42d", names: "app:1", parent: "base" },
      },
    },
    policy: { freeBytes: 1 },
    deletes: "app",
  },
  {
    id: "A17",
    what: "no more than is asked for",
    host: ages(1, 2, 3, 4),
    policy: { freeBytes: 1_500_000 },
    deletes: "m3 m4",
  },
  {
    id: "F6",
    what: "what is in use stays, though more was asked for",
    host: {
      images: { zero: {}, one: {} },
      blobs: { zero: 1024, one: 2048 },
      containers: { web: { image: "one" } },
    },
    policy: { freeBytes: 2048 },
    deletes: "zero",
    keeps: { one: "in-use" },
  },
  {
    id: "F19",
    what: "below the load line nothing goes",
    host: { ...ages(1), ...disk(1000, 600) },
    policy: loadLine,
    deletes: "",
  },
  {
    id: "F21",
    what: "above it enough goes to come below the lower mark",
    host: { images: { app: { names: "app:1" } }, blobs: { app: 450 }, ...disk(1000, 50) },
    policy: loadLine,
    deletes: "app",
  },
  {
    id: "F23",
    what: "a disk without a size says nothing",
    host: { ...ages(1), ...disk(0, 0) },
    policy: loadLine,
    deletes: "",
  },
  {
    id: "F24",
    what: "nor one with more free than there is",
    host: { ...ages(1), ...disk(1000, 2000) },
    policy: loadLine,
    deletes: "",
  },
  {
    id: "F25",
    what: "the mark itself is above the line",
    host: { ...ages(1), ...disk(1000, 100) },
    policy: loadLine,
    deletes: "m1",
  },
  {
    id: "F25-below",
    what: "a byte less is not",
    host: { ...ages(1), ...disk(1000, 101) },
    policy: loadLine,
    deletes: "",
  },
  {
    id: "A19",
    what: "the threshold is a share of the disk",
    host: { ...ages(1, 2), ...disk(20_000_000, 1_500_000) },
    policy: { ...loadLine, headroom: { start: { share: 0.9 }, stop: { share: 0.9 } } },
    deletes: "m2",
  },
  {
    id: "F20",
    what: "a disk that nobody measured asks for nothing",
    host: ages(1),
    policy: loadLine,
    deletes: "",
  },
  {
    id: "J4",
    what: "the image unused for the longest goes first",
    host: ages(5, 3, 2, 6, 4, 1),
    policy: { freeBytes: 1 },
    deletes: "m6",
  },
  {
    id: "J22",
    what: "among equals the smallest that is enough",
    differs: "smallest first would take what is newest: the size only decides among equals",
    host: {
      images: { big: { names: "a:1" }, small: { names: "b:1", sizeBytes: 10 } },
      blobs: { big: 5_000_000, small: 10 },
    },
    policy: { freeBytes: 1 },
    deletes: "small",
  },
  {
    id: "K16",
    what: "nothing is asked for, nothing goes",
    host: ages(1, 2),
    policy: { freeBytes: 0 },
    deletes: "",
  },
]);

testCases<CaseRow & { run: () => void }>(
  "how many bytes",
  [
    {
      id: "F22",
      what: "too little can go: it says how much is missing",
      run: () => {
        const plan = planFor(
          { images: { app: { names: "app:1" } }, blobs: { app: 50 }, ...disk(1000, 50) },
          loadLine,
        );
        expect(plan.totals.freesBytes).toBe(50);
        expect(plan.notes.join()).toContain(": 100B is missing");
      },
    },
    {
      id: "F-weakness",
      what: "what two images share is freed once, and not before both go",
      run: () => {
        const host: HostWords = { images: { one: { blobs: "S a" }, two: { blobs: "S b" } } };
        const freed = planFor(host, everyImage()).actions.map(({ freesBytes }) => freesBytes);
        expect(freed).toEqual([1_000_000, 2_000_000]);
      },
    },
    {
      id: "H3 H37",
      what: "one image without users frees all there is",
      run: () => {
        const host: HostWords = { images: { app: { names: "app:1", blobs: "base top" } } };
        const graph = createContentGraph(inventoryOf(host));
        expect(planFor(host, preset("unused")).totals.freesBytes).toBe(graph.total.bytes);
      },
    },
    {
      id: "H36",
      what: "an empty host frees nothing",
      run: () => {
        expect(planFor({}, preset("unused")).totals).toMatchObject({
          images: 0,
          references: 0,
          freesBytes: 0,
        });
      },
    },
    {
      id: "H38",
      what: "an image that a container uses frees nothing",
      run: () => {
        const plan = planFor(
          { images: { app: {} }, containers: { web: { image: "app" } } },
          preset("unused"),
        );
        expect(plan.totals.freesBytes).toBe(0);
      },
    },
    {
      id: "H39",
      what: "a blob listed twice counts once, a shared one for none of its images",
      run: () => {
        const graph = createContentGraph(
          inventoryOf({
            images: { one: { blobs: "S U b b u" }, two: { blobs: "S b" } },
            blobs: { S: 100, U: 200, b: 20, u: 30 },
          }),
        );
        expect(graph.shared(idOf("one")).bytes).toBe(120);
        expect(graph.exclusive(idOf("one")).bytes).toBe(230);
      },
    },
    {
      id: "DG-06",
      what: "a shared blob goes with the last image on it",
      run: () => {
        const graph = createContentGraph(
          inventoryOf({
            target: "registry",
            images: { one: { blobs: "base a" }, two: { blobs: "base b" } },
            blobs: { base: 100, a: 10, b: 1 },
          }),
        );
        expect(graph.freedBy([idOf("one")]).bytes).toBe(10);
        expect(graph.freedBy([idOf("one"), idOf("two")]).bytes).toBe(111);
      },
    },
    {
      id: "H40",
      what: "a layer that is not here has no bytes",
      run: () => {
        const inventory = inventoryOf({ images: { app: { blobs: "here" } } });
        const images = inventory.images.map((image) => ({
          ...image,
          blobs: ["here", "elsewhere"],
        }));
        const graph = createContentGraph({ ...inventory, images });
        expect(graph.freedBy([idOf("app")]).bytes).toBe(1_000_000);
      },
    },
  ],
  ({ run }) => run(),
);
