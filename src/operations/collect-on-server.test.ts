import { expect, test } from "vitest";

import { sampleImage, sampleInventory } from "../../test/fakes/sample-inventory.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { CollectionJob, ServerCollection } from "../ports/server-upkeep.ts";
import { collectOnServer, type ServerCollectionPorts } from "./collect-on-server.ts";

/** A job in one state after the other, and what is looked at around it. */
function server(...states: readonly CollectionJob["state"][]) {
  const waiting = [...states];
  const job = (): CollectionJob => {
    const state = waiting.length > 1 ? waiting.shift() : waiting[0];
    return { id: "7", state: state ?? "done", detail: "" };
  };
  const collection: ServerCollection = {
    readOnly: false,
    dryRun: async () => job(),
    start: async () => job(),
    look: async () => job(),
    log: async () => ["the end"],
  };
  const stop = new AbortController();
  const looks: readonly string[][] = [["was broken"], ["was broken"]];
  const steps: string[] = [];
  const inventory: Inventory = sampleInventory({ images: [sampleImage("app")] });
  const ports: ServerCollectionPorts = {
    observe: async () => (steps.push("look"), inventory),
    check: async () => looks[steps.filter((step) => step === "look").length - 1] ?? [],
    wait: async () => void steps.push("wait"),
    observing: { signal: stop.signal },
    onJob: ({ state }) => void steps.push(state),
  };
  return { collection, ports, steps, looks, stop };
}

test("looked at, started, watched, and looked at again; what was broken before is no damage", async () => {
  const { collection, ports, steps } = server("waiting", "running", "done");
  expect(await collectOnServer(collection, "collect", ports)).toMatchObject({
    state: "whole",
    images: 1,
    damagedBefore: ["was broken"],
    damaged: [],
    log: ["the end"],
  });
  expect(steps).toEqual(["look", "waiting", "wait", "running", "wait", "done", "look"]);
});

test("what is broken afterwards and was not before is damage", async () => {
  const { collection, ports, looks } = server("done");
  looks[1]?.push("is gone");
  expect(await collectOnServer(collection, "collect", ports)).toMatchObject({
    state: "damaged",
    damaged: ["is gone"],
  });
});

test.each([
  ["failed", "failed"],
  ["stopped", "failed"],
] as const)("a job that ends as %s is %s, with its account", async (end, state) => {
  const { collection, ports } = server("running", end);
  const report = await collectOnServer(collection, "collect", ports);
  expect(report).toMatchObject({ state, log: ["the end"] });
});

test("the user's stop ends the waiting, not the job", async () => {
  const { collection, ports, stop, steps } = server("running", "running");
  const wait = async (): Promise<void> => stop.abort();
  const report = await collectOnServer(collection, "collect", { ...ports, wait });
  expect(report).toMatchObject({ state: "left", job: { id: "7" } });
  expect(steps).toEqual(["look", "running"]);
});

test("a dry run looks at nothing", async () => {
  const { collection, ports, steps } = server("done");
  expect(await collectOnServer(collection, "dry-run", ports)).toMatchObject({ state: "tried" });
  expect(steps).toEqual(["done"]);
});
