import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { arbitraryInventory } from "../../../test/fixtures/arbitrary-host.ts";
import { arbitraryRules } from "../../../test/fixtures/arbitrary-rules.ts";
import { idOf, inventoryOf, LIBRARIES, NOW } from "../../../test/fixtures/host-in-words.ts";
import type { Inventory } from "../../inventory/inventory.ts";
import type { ImageRule, Policy } from "../../policy/policy.ts";
import type { HostWords } from "../../policy/testing/host-words.ts";
import { decide } from "../decide.ts";
import { explainDecision } from "./explain-decision.ts";
import { after, type ImageEvent, type World } from "./explain-events.ts";
import { prospectsOf } from "./explain-prospects.ts";
import { findTurns, type Turn } from "./explain-turns.ts";
import { imageFacts } from "../image-facts.ts";

const DAY = 86_400_000;
const NOW_MS = Date.parse(NOW);

function goes(id: string, policy: Policy, { inventory, nowMs }: World): boolean {
  const now = new Date(nowMs).toISOString();
  const { actions } = decide(inventory, policy, { now, sha256: () => "", libraries: LIBRARIES });
  return actions.some(({ kind, subject }) => kind === "delete-image" && subject === id);
}

function turnsOf(inventory: Inventory, policy: Policy, position: number): readonly Turn[] {
  const now = { now: NOW, sha256: () => "", libraries: LIBRARIES };
  const { actions } = decide(inventory, policy, now);
  const removed = actions.filter(({ kind }) => kind === "remove-container");
  const facts = imageFacts(inventory, new Set(removed.map(({ subject }) => subject)));
  const decision = explainDecision(inventory, policy, facts, position, NOW_MS, LIBRARIES);
  const id = inventory.images[position]?.id ?? "";
  const world = { inventory, policy, nowMs: NOW_MS };
  const prospects =
    decision && prospectsOf(decision, goes(id, policy, world), facts, position, world);
  return prospects ? findTurns(prospects, world, (then) => goes(id, policy, then)) : [];
}

/** `goes: uses-end web + time-passes 2026-12-01` */
function told(turns: readonly Turn[]): readonly string[] {
  const what = (event: ImageEvent): string => {
    switch (event.kind) {
      case "time-passes":
        return ` ${event.until.slice(0, 10)}`;
      case "uses-end":
        return ` ${event.uses.map(({ name }) => name).join(" ")}`;
      case "names-leave":
        return ` ${event.references.join(" ")}`;
      case "newer-images":
        return ` ${event.count} by ${event.by}`;
      case "holders-go":
        return ` ${event.images.length}`;
      default:
        return "";
    }
  };
  return turns.map(
    ({ to, events }) => `${to}: ${events.map((event) => event.kind + what(event)).join(" + ")}`,
  );
}

const rule = (over: Partial<ImageRule>): ImageRule => ({
  name: "rule",
  match: {},
  keep: {},
  ...over,
});

describe("what would turn the answer", () => {
  test.each<
    [what: string, host: HostWords, policy: Partial<Policy>, word: string, turns: readonly string[]]
  >([
    [
      "an age that ends",
      { images: { a: { names: "app:1", created: "3d" } } },
      { images: [rule({ keep: { within: 7 * DAY } })] },
      "a",
      ["goes: time-passes 2026-11-25"],
    ],
    [
      "newer ones of its repository",
      { images: { a: { names: "app:1", created: "3d" }, b: { names: "app:2", created: "1d" } } },
      { images: [rule({ keep: { last: 3 } })] },
      "a",
      ["goes: newer-images 2 by age"],
    ],
    [
      "higher versions, and an age besides",
      { images: { a: { names: "app:1.2.3", created: "1d" } } },
      { images: [rule({ keep: { perMinor: 2, within: 7 * DAY } })] },
      "a",
      ["goes: newer-images 2 by version + time-passes 2026-11-27"],
    ],
    [
      "further weeks with images",
      { images: { a: { names: "app:1" } } },
      { images: [rule({ keep: { weekly: 2 } })] },
      "a",
      ["goes: newer-images 2 by weekly"],
    ],
    [
      "what uses it, or the name that is kept",
      { images: { a: { names: "app:1 app:prod" } }, containers: { web: { image: "a" } } },
      {
        images: [rule({ match: { tag: "prod" }, keep: { always: true } }), rule({ name: "rest" })],
      },
      "a",
      ["goes: uses-end web + names-leave docker.io/library/app:prod"],
    ],
    [
      "a stopped container that its own rule takes in time",
      {
        images: { a: { names: "app:1" } },
        containers: { job: { image: "a", state: "exited", ended: "1d" } },
      },
      {
        images: [rule({})],
        containers: [{ name: "ended", states: ["exited"], within: 2 * DAY }],
      },
      "a",
      ["goes: time-passes 2026-11-22", "goes: uses-end job"],
    ],
    [
      "what needs it",
      { images: { base: {}, top: { names: "app:1", parent: "base" } } },
      { images: [rule({ match: { state: "untagged" } })] },
      "base",
      ["goes: holders-go 1"],
    ],
    [
      "a disk that fills up",
      {
        images: { a: { names: "app:1", created: "3d" } },
        disk: { totalBytes: 1000, freeBytes: 900 },
      },
      {
        images: [rule({ keep: { always: true }, underPressure: true })],
        headroom: { start: { share: 0.8 }, stop: { share: 0.5 } },
      },
      "a",
      ["goes: disk-fills"],
    ],
    [
      "nothing but another policy",
      { images: { a: { names: "app:1" } } },
      { images: [rule({ keep: { always: true } })] },
      "a",
      [],
    ],
    [
      "of one that goes: that it is used again",
      { images: { a: { names: "app:1", created: "30d" } } },
      { images: [rule({ keep: { within: 7 * DAY } })] },
      "a",
      ["stays: active-again", "stays: use-begins"],
    ],
    [
      "of one too many: that a container is made of it",
      {
        images: {
          a: { names: "app:1", created: "30d" },
          b: { names: "app:2", created: "20d" },
        },
      },
      { images: [rule({ keep: { last: 1, by: "version" } })] },
      "a",
      ["stays: use-begins"],
    ],
  ])("%s", (_, host, policy, word, turns) => {
    const inventory = inventoryOf(host);
    const position = inventory.images.findIndex(({ id }) => id === idOf(word));
    expect(
      told(turnsOf(inventory, { source: "test", protect: [], images: [], ...policy }, position)),
    ).toEqual(turns);
  });
});

test("of any policy and host each turn does turn the answer, at its moment and not before", () => {
  fc.assert(
    fc.property(arbitraryInventory, arbitraryRules, fc.nat(), (inventory, policy, chosen) => {
      const position = chosen % Math.max(1, inventory.images.length);
      const id = inventory.images[position]?.id;
      if (id === undefined) return;
      const now: World = { inventory, nowMs: NOW_MS };
      for (const { to, events } of turnsOf(inventory, policy, position)) {
        const isTurned = (those: readonly ImageEvent[], world = now): boolean =>
          goes(
            id,
            policy,
            those.reduce((then, event) => after(event, then, id), world),
          ) ===
          (to === "goes");
        expect(isTurned(events)).toBe(true);
        const limit = events.find((event) => event.kind === "time-passes");
        if (limit === undefined) continue;
        const others = events.filter((event) => event !== limit);
        const then = others.reduce((world, event) => after(event, world, id), now);
        expect(goes(id, policy, { ...then, nowMs: Date.parse(limit.until) })).toBe(to !== "goes");
      }
    }),
    { numRuns: 150 },
  );
});
