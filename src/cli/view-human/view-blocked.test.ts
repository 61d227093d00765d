import { describe, expect, test } from "vitest";

import type { Use } from "../../inventory/image-use.ts";
import type { Digest } from "../../oci/digest.ts";
import { describeBlocked } from "./view-blocked.ts";

const id = (letter: string): Digest => `sha256:${letter.repeat(64)}`;
const BASE = { imageId: id("a"), references: ["docker.io/library/base:1"] };
const APP = { imageId: id("b"), references: ["docker.io/library/app:1"] };
const UNNAMED = { imageId: id("c"), references: [] };
const use = (kind: Use["kind"], name: string, state: string): Use => ({
  kind,
  id: name,
  name,
  state,
});

describe("what is in the way of a removal", () => {
  test("an image of several names goes by its ID", () => {
    const image = { ...APP, references: [...APP.references, "docker.io/library/app:latest"] };
    const uses = [use("container", "batch", "exited")];
    expect(describeBlocked([{ ...image, uses, neededBy: [], detail: "" }], "plimsoll")).toEqual([
      "app:1 stays; it is needed by",
      "  container batch (exited)",
      "  In the order that works:",
      "    plimsoll rm --with-containers bbbbbbbbbbbb",
    ]);
  });

  test("images, and what uses those", () => {
    const neededBy = [
      { ...UNNAMED, uses: [] },
      { ...APP, uses: [use("container", "web", "running")] },
    ];
    expect(describeBlocked([{ ...BASE, uses: [], neededBy, detail: "" }], "plimsoll")).toEqual([
      "base:1 stays; it is needed by",
      "  image cccccccccccc",
      "  image app:1",
      "  In the order that works:",
      "    docker stop web",
      "    plimsoll rm --with-containers cccccccccccc app:1 base:1",
    ]);
  });

  test("images that nothing uses need no flag", () => {
    const neededBy = [{ ...APP, uses: [] }];
    expect(describeBlocked([{ ...BASE, uses: [], neededBy, detail: "" }], "plimsoll").at(-1)).toBe(
      "    plimsoll rm app:1 base:1",
    );
  });

  test("anything else is told in its own words", () => {
    const blocked = { ...BASE, uses: [], neededBy: [], detail: "containers could not be read" };
    expect(describeBlocked([blocked], "plimsoll")).toEqual([
      "base:1 stays: containers could not be read",
    ]);
  });
});
