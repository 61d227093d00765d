import { expect, test } from "vitest";

import { sortNames } from "./sort-images.ts";
import type { ListedImage } from "../operations/list-images.ts";

function listed(letter: string, ...names: readonly string[]): ListedImage {
  return {
    image: {
      id: `sha256:${letter.repeat(64)}`,
      references: names,
      repoDigests: [],
      labels: {},
      platforms: [],
      sizeBytes: 0,
      blobs: [],
    },
    names,
    state: "unused",
    uses: [],
    usedElsewhere: [],
    isSigned: false,
    exclusive: { bytes: 0 },
  };
}

test("names are in order, whatever image they name; without a name is last", () => {
  const hub = "docker.io/library";
  const images = [
    listed("a"),
    listed("b", `${hub}/also:1`, `${hub}/web:1`),
    listed("c", `${hub}/base:1`),
  ];
  expect(sortNames(images).map(({ names }) => names)).toEqual([
    [`${hub}/also:1`],
    [`${hub}/base:1`],
    [`${hub}/web:1`],
    [],
  ]);
});
