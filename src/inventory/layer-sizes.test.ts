import { expect, test } from "vitest";
import type { HistoryStep } from "./layer-history.ts";
import { solveLayerSizes, stepsOfLayers, type LayeredImage } from "./layer-sizes.ts";

/** `RUN 5`: a classic step of that size; `ENV`: never a layer; `bk 0`: a BuildKit step. Each is made a second later. */
function history(...steps: readonly string[]): readonly HistoryStep[] {
  return steps.map((step, created) => {
    const [word, bytes = "0"] = step.split(" ");
    const sizeBytes = Number(bytes);
    if (word === "ENV") return { createdBy: "ENV A=1", comment: "", created, sizeBytes };
    if (word === "bk")
      return {
        createdBy: "RUN x # buildkit",
        comment: "buildkit.dockerfile.v0",
        created,
        sizeBytes,
      };
    return { createdBy: `/bin/sh -c ${word}`, comment: "", created, sizeBytes };
  });
}

function image(chains: string, ...steps: readonly string[]): LayeredImage {
  return { chainIds: chains.split(""), history: history(...steps) };
}

interface Row {
  readonly title: string;
  readonly images: readonly LayeredImage[];
  /** Exact sizes, or [least, most]. */
  readonly sizes: Readonly<Record<string, number | readonly [number, number]>>;
}

const ROWS: readonly Row[] = [
  { title: "no images", images: [], sizes: {} },
  { title: "an image of no layers", images: [image("", "ENV")], sizes: {} },
  { title: "one layer by size", images: [image("a", "IMPORT 7", "ENV")], sizes: { a: 7 } },
  {
    title: "as many layers as steps that can be one",
    images: [image("abc", "IMPORT 7", "RUN 0", "ENV", "COPY 3")],
    sizes: { a: 7, b: 0, c: 3 },
  },
  {
    title: "no layer left for a step without size",
    images: [image("ab", "IMPORT 7", "RUN 0", "COPY 3")],
    sizes: { a: 7, b: 3 },
  },
  {
    title: "BuildKit's empty layers are layers",
    images: [image("abcd", "IMPORT 7", "bk 0", "bk 0", "bk 5")],
    sizes: { a: 7, b: 0, c: 0, d: 5 },
  },
  {
    title: "two steps may have made the only empty layer: what differs stays open",
    images: [image("abc", "IMPORT 7", "RUN 0", "COPY 3", "RUN 0")],
    sizes: { a: 7, b: [0, 3], c: [0, 3] },
  },
  {
    title: "a parent tells how many layers there are after its last step",
    images: [
      image("abc", "IMPORT 7", "RUN 0", "COPY 3", "RUN 0"),
      image("ab", "IMPORT 7", "RUN 0"),
    ],
    sizes: { a: 7, b: 0, c: 3 },
  },
  {
    title: "a parent tells that its last step made none",
    images: [image("abc", "IMPORT 7", "RUN 0", "COPY 3", "RUN 0"), image("a", "IMPORT 7", "RUN 0")],
    sizes: { a: 7, b: 3, c: 0 },
  },
  {
    title: "the same beginning of another stack tells nothing",
    images: [
      image("abc", "IMPORT 7", "RUN 0", "COPY 3", "RUN 0"),
      image("xy", "IMPORT 7", "RUN 0"),
    ],
    sizes: { a: 7, b: [0, 3], c: [0, 3], x: 7, y: 0 },
  },
  {
    title: "a size known from another image settles it",
    images: [
      image("abc", "IMPORT 7", "RUN 0", "COPY 3", "RUN 0"),
      image("abz", "IMPORT 7", "OTHER 3", "ENV", "ADD 9"),
    ],
    sizes: { a: 7, b: 3, c: 0, z: 9 },
  },
  {
    title: "a history of too few steps leaves everything open",
    images: [image("ab", "IMPORT 7")],
    sizes: { a: [0, Number.POSITIVE_INFINITY], b: [0, Number.POSITIVE_INFINITY] },
  },
];

test.each(ROWS)("$title", ({ images, sizes }) => {
  const found = Object.fromEntries(
    [...solveLayerSizes(images)].map(([chainId, { minBytes, maxBytes }]) => [
      chainId,
      minBytes === maxBytes ? minBytes : [minBytes, maxBytes],
    ]),
  );
  expect(found).toEqual(sizes);
});

test("the order of images changes nothing", () => {
  for (const { images } of ROWS) {
    const forwards = Object.fromEntries(solveLayerSizes(images));
    expect(Object.fromEntries(solveLayerSizes(images.toReversed()))).toEqual(forwards);
  }
});

test("the steps that may have made a layer narrow with what is known of it", () => {
  const open = image("abc", "IMPORT 7", "RUN 0", "COPY 3", "RUN 0");
  expect(stepsOfLayers(open, new Map())).toEqual([[0], [1, 2], [2, 3]]);
  const known = new Map([["b", { minBytes: 3, maxBytes: 3 }]]);
  expect(stepsOfLayers(open, known)).toEqual([[0], [2], [3]]);
  expect(stepsOfLayers(open, new Map([["b", { minBytes: 4, maxBytes: 4 }]]))).toBeUndefined();
});
