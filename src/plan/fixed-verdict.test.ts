import { describe, expect, test } from "vitest";

import {
  idOf,
  inventoryOf,
  keptBy,
  LIBRARIES,
  NOW,
  sha256,
  type HostWords,
} from "../../test/fixtures/host-in-words.ts";
import type { Image } from "../inventory/image.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { Policy } from "../policy/policy.ts";
import { decide } from "./decide.ts";
import type { Withheld } from "./image-facts.ts";
import { planRemovalOf } from "./select-removals.ts";

/** Takes everything, and what it would keep under pressure too. */
const GREEDY: Policy = {
  source: "test",
  protect: [],
  images: [{ name: "all", match: {}, keep: {}, underPressure: true }],
  freeBytes: 1e12,
};

const HOST: HostWords = { images: { app: { names: "app:1" }, other: { names: "other:1" } } };
const INVENTORY = inventoryOf(HOST);
const NOTHING: Withheld = new Map();

interface Row {
  readonly what: string;
  readonly inventory?: Inventory;
  readonly withheld?: Withheld;
  readonly keeps: string;
  /** Damage does not keep what a user names. */
  readonly goesByName?: true;
}

function withImage(change: Partial<Image>): Inventory {
  const images = INVENTORY.images.map((image) =>
    image.id === idOf("app") ? { ...image, ...change } : image,
  );
  return { ...INVENTORY, images };
}

const ROWS: readonly Row[] = [
  {
    what: "a container of any state",
    inventory: inventoryOf({
      ...HOST,
      containers: { web: { image: "app", state: "exited", ended: "99d" } },
    }),
    keeps: "in-use",
  },
  {
    what: "a lock in the registry",
    inventory: withImage({ locked: "the tag 1 is immutable" }),
    keeps: "locked",
  },
  {
    what: "no way back",
    withheld: new Map([[idOf("app"), "the bin has no room for it"]]),
    keeps: "no-way-back",
  },
  {
    what: "something of it that cannot be read",
    inventory: withImage({ unreadable: "its manifest is damaged" }),
    keeps: "unreadable",
    goesByName: true,
  },
  {
    what: "containers that could not be read",
    inventory: { ...INVENTORY, complete: false, unread: ["containers"] },
    keeps: "usage-unknown",
  },
  {
    what: "services that could not be read",
    inventory: { ...INVENTORY, complete: false, unread: ["services"] },
    keeps: "usage-unknown",
  },
];

describe("whatever the rules say, and however much is to be freed, an image is kept by", () => {
  test.each(ROWS)("$what", ({ inventory = INVENTORY, withheld = NOTHING, keeps }) => {
    const plan = decide(inventory, GREEDY, { now: NOW, sha256, libraries: LIBRARIES, withheld });
    expect(plan.actions.map(({ subject }) => subject)).not.toContain(idOf("app"));
    expect(keptBy(plan, "app")).toContain(keeps);
  });
});

describe("and when it is named for removal by", () => {
  test.each(ROWS)(
    "$what",
    ({ inventory = INVENTORY, withheld = NOTHING, keeps, goesByName = false }) => {
      const selection = { patterns: ["app:1"], withContainers: false };
      const { plan, blocked } = planRemovalOf(inventory, selection, NOW, sha256, withheld);
      expect(plan.actions.map(({ subject }) => subject)).toEqual(goesByName ? [idOf("app")] : []);
      expect(blocked.map(({ imageId }) => imageId)).toEqual(goesByName ? [] : [idOf("app")]);
      if (!goesByName) expect(keptBy(plan, "app")).toContain(keeps);
    },
  );
});
