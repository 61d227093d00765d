import { describe, expect, test } from "vitest";

import {
  deletedBy,
  inventoryOf,
  NOW,
  sha256,
  subjectsOf,
  wordOf,
  type HostWords,
} from "../../test/fixtures/host-in-words.ts";
import { familiarName } from "../oci/reference.ts";
import { planRemovalOf, type SelectedRemovals } from "./select-removals.ts";

function remove(host: HostWords, pattern: string, withContainers = false): SelectedRemovals {
  return planRemovalOf(inventoryOf(host), { patterns: [pattern], withContainers }, NOW, sha256);
}

/** What goes, and for each image that stays all the same what needs it. */
function outcome({ plan, blocked }: SelectedRemovals): string {
  const parts = [
    ...deletedBy(plan).map((word) => `delete ${word}`),
    ...subjectsOf(plan, "untag").map((name) => `untag ${familiarName(name)}`),
    ...subjectsOf(plan, "remove-container").map((id) => `remove ${id}`),
    ...blocked.map(
      ({ imageId, neededBy }) =>
        `${wordOf(imageId)} stays for ${neededBy.map((holder) => wordOf(holder.imageId)).join("+")}`,
    ),
  ];
  return parts.join(", ");
}

const INDEX: HostWords = {
  target: "registry",
  images: {
    part: { names: "app:amd64" },
    all: { names: "app:1", children: "part" },
  },
};

/** Each built on the one before it; `step` has no name. */
const CHAIN: HostWords = {
  images: {
    base: { names: "base:1" },
    step: { parent: "base" },
    app: { names: "app:1", parent: "step" },
    more: { names: "more:1", parent: "app" },
  },
};

describe("what is named and needed", () => {
  test.each<[what: string, host: HostWords, pattern: string, expected: string]>([
    [
      "in a registry its last name goes, and its content stays",
      INDEX,
      "app:amd64",
      "untag app:amd64",
    ],
    ["the same in a layout", { ...INDEX, target: "layout" }, "app:amd64", "untag app:amd64"],
    [
      "an engine would take the image along",
      { ...INDEX, target: "engine" },
      "app:amd64",
      "part stays for all",
    ],
    [
      "all that need it are told, but for unnamed steps between them",
      CHAIN,
      "base:1",
      "base stays for app+more",
    ],
    ["only what stands on it", CHAIN, "app:1", "app stays for more"],
    ["nothing stands on the last one", CHAIN, "more:1", "delete more"],
  ])("%s", (_what, host, pattern, expected) => {
    expect(outcome(remove(host, pattern))).toBe(expected);
  });
});

describe("what may belong to something that cannot be read", () => {
  const host: HostWords = {
    target: "registry",
    images: { app: { names: "app:1" }, odd: { names: "app:odd", unreadable: "damaged" } },
  };
  test("goes when somebody names it", () => {
    expect(outcome(remove(host, "app:1"))).toBe("delete app");
  });
  test("and so does what cannot be read itself", () => {
    expect(outcome(remove(host, "app:odd"))).toBe("delete odd");
  });
});

describe("with its containers", () => {
  const hostOf = (...states: readonly string[]): HostWords => ({
    images: { app: { names: "app:1" }, other: { names: "other:1" } },
    containers: {
      ...Object.fromEntries(states.map((state, index) => [`c${index}`, { image: "app", state }])),
      elsewhere: { image: "other", state: "exited" },
    },
  });
  test.each<[what: string, states: readonly string[], expected: string]>([
    [
      "stopped ones go first",
      ["exited", "created"],
      "delete app, remove container-c0, remove container-c1",
    ],
    ["beside a running one none is lost", ["exited", "running"], "app stays for "],
    ["a paused one is not stopped", ["paused"], "app stays for "],
  ])("%s", (_what, states, expected) => {
    expect(outcome(remove(hostOf(...states), "app:1", true))).toBe(expected);
  });
  test("unasked none goes", () => {
    expect(outcome(remove(hostOf("exited"), "app:1"))).toBe("app stays for ");
  });
  test("none is lost for an image that stays for another reason", () => {
    const host = { ...CHAIN, containers: { c0: { image: "base", state: "exited" } } };
    expect(outcome(remove(host, "base:1", true))).toBe("base stays for app+more");
  });
});
