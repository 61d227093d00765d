import { describe, expect, test } from "vitest";

import { inventoryOf, type HostWords } from "../../test/fixtures/host-in-words.ts";
import { collectGarbage, untaggedParts, type CollectionPorts } from "./collect-garbage.ts";

const COMMANDS = { readOnly: "read-only", collect: "collect", restart: "restart" };
const REGISTRY = inventoryOf({ target: "registry", images: { one: { names: "host:5000/app:1" } } });

interface Scene {
  /** Commands that end with status 1. */
  readonly failing?: readonly string[];
  /** What the first and the second check find. */
  readonly found?: readonly (readonly string[])[];
  readonly unread?: boolean;
}

async function collect({ failing = [], found = [], unread = false }: Scene) {
  const ran: string[] = [];
  const answers = [...found];
  const ports: CollectionPorts = {
    observe: () =>
      Promise.resolve(
        unread ? { ...REGISTRY, complete: false, problems: ["a page did not come"] } : REGISTRY,
      ),
    check: () => Promise.resolve(answers.shift() ?? []),
    run: (command) => {
      ran.push(command);
      return Promise.resolve(failing.includes(command) ? 1 : 0);
    },
    wait: () => Promise.resolve(),
    observing: { signal: new AbortController().signal },
    onStep: () => undefined,
  };
  const { state, failure, damaged, damagedBefore } = await collectGarbage(COMMANDS, ports);
  return { ran: ran.join(" "), state, step: failure?.step, damaged, damagedBefore };
}

const WHOLE = { damaged: [], damagedBefore: [], step: undefined };
const ALL_STEPS = "read-only collect restart";

describe("a collection", () => {
  const rows: readonly [what: string, scene: Scene, outcome: object][] = [
    ["goes well", {}, { ...WHOLE, ran: ALL_STEPS, state: "whole" }],
    [
      "breaks something",
      { found: [[], ["gone"]] },
      { ...WHOLE, ran: ALL_STEPS, state: "damaged", damaged: ["gone"] },
    ],
    [
      "is not blamed for what was broken before",
      { found: [["old"], ["old"]] },
      { ...WHOLE, ran: ALL_STEPS, state: "whole", damagedBefore: ["old"] },
    ],
    [
      "is not begun where the registry could not be made read-only",
      { failing: ["read-only"] },
      { ...WHOLE, ran: "read-only", state: "failed", step: "read-only" },
    ],
    [
      "is not begun where not everything could be read; the registry is as it was",
      { unread: true },
      { ...WHOLE, ran: "read-only restart", state: "failed", step: "look" },
    ],
    [
      "fails; the registry is as it was",
      { failing: ["collect"] },
      { ...WHOLE, ran: ALL_STEPS, state: "failed", step: "collect" },
    ],
    [
      "fails and breaks something: the damage counts",
      { failing: ["collect"], found: [[], ["gone"]] },
      { ...WHOLE, ran: ALL_STEPS, state: "damaged", damaged: ["gone"] },
    ],
    [
      "cannot be ended",
      { failing: ["restart"] },
      { ...WHOLE, ran: ALL_STEPS, state: "failed", step: "restart" },
    ],
  ];
  test.each(rows)("%s", async (_, scene, outcome) => {
    expect(await collect(scene)).toEqual(outcome);
  });
});

describe("what --delete-untagged would take that is needed", () => {
  test.each<[string, NonNullable<HostWords["images"]>, string | undefined]>([
    ["nothing", { one: { names: "app:1" }, two: {} }, undefined],
    [
      "manifests of an index",
      { amd: {}, multi: { names: "app:1", children: "amd" } },
      "1 index lists manifests that have no tag of their own",
    ],
    [
      "a signature without a tag",
      { one: { names: "app:1" }, signature: { subject: "one" } },
      "1 attachment has no tag",
    ],
    [
      "none: it has a tag",
      { one: { names: "app:1" }, signature: { names: "app:sig", subject: "one" } },
      undefined,
    ],
  ])("%s", (_, images, parts) => {
    expect(untaggedParts(inventoryOf({ target: "registry", images }))).toBe(parts);
  });
});
