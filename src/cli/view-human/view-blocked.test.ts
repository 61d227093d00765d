import { describe, expect, test } from "vitest";

import type { Use } from "../../inventory/image-use.ts";
import type { Digest } from "../../oci/digest.ts";
import { describeBlocked } from "./view-blocked.ts";

const id = (letter: string): Digest => `sha256:${letter.repeat(64)}`;
const COMMANDS = { rm: "plimsoll rm", engine: "docker" };
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
    expect(describeBlocked([{ ...image, uses, neededBy: [], detail: "" }], COMMANDS)).toEqual([
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
    expect(describeBlocked([{ ...BASE, uses: [], neededBy, detail: "" }], COMMANDS)).toEqual([
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
    expect(describeBlocked([{ ...BASE, uses: [], neededBy, detail: "" }], COMMANDS).at(-1)).toBe(
      "    plimsoll rm app:1 base:1",
    );
  });

  test("of many images the first, and how many there are; the commands are for that target", () => {
    const neededBy = ["1", "2", "3", "4", "5", "6", "7"].map((tag) => ({
      ...APP,
      references: [`docker.io/library/app:${tag}`],
      uses: tag === "7" ? [use("container", "web", "running")] : [],
    }));
    const commands = { rm: "plimsoll rm -t build", engine: "docker -c build" };
    expect(describeBlocked([{ ...BASE, uses: [], neededBy, detail: "" }], commands)).toEqual([
      "base:1 stays; it is needed by",
      "  image app:1",
      "  image app:2",
      "  image app:3",
      "  image app:4",
      "  image app:5",
      "  and 2 more images, 7 in all",
      "  In the order that works:",
      "    docker -c build stop web",
      "    plimsoll rm -t build --with-containers app:1 app:2 app:3 app:4 app:5 app:6 app:7 base:1",
    ]);
  });

  test("anything else is told in its own words", () => {
    const blocked = { ...BASE, uses: [], neededBy: [], detail: "containers could not be read" };
    expect(describeBlocked([blocked], COMMANDS)).toEqual([
      "base:1 stays: containers could not be read",
    ]);
  });
});
