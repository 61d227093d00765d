import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";

import { fakeLookup } from "../../test/fakes/fake-lookup.ts";
import { FakeTarget } from "../../test/fakes/fake-target.ts";
import { sampleAction, samplePlan } from "../../test/fakes/sample-plan.ts";
import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import { archive, manifestImage, noise, type MadeImage } from "../../test/fixtures/bin-images.ts";
import { openRecoveryBin } from "../layout/recovery-bin.ts";
import type { Action } from "../plan/plan.ts";
import type { LeaseOffice } from "../ports/lease.ts";
import type { Recreation, RemovedRecord } from "../ports/removed-record.ts";
import type { ActionState } from "../ports/run-journal.ts";
import { openRunJournal } from "../store/sqlite-run-journal.ts";
import { undo, type UndoPorts, type UndoReport } from "./undo.ts";

const AT = "2026-11-21T12:00:00Z";
const KEY = "engine:1";
const APP = manifestImage("app", [noise("app", 2000)]);
const NAMES = ["docker.io/library/app:1", "docker.io/library/app:latest"];
const IN_BIN = { way: "archive", detail: "" } as const;
const FREE: LeaseOffice = { acquire: () => ({ granted: true, release: () => {} }) };
const { signal } = new AbortController();

/** An engine from which everything has gone, and a journal that tells of it. */
async function emptied() {
  const target = new FakeTarget();
  const folder = scratchFolder();
  const journal = openRunJournal(folder);
  onTestFinished(() => journal.close());
  const bin = await openRecoveryBin(join(folder, "bin"), () => Date.parse(AT));
  const containers = new Set<string>();
  const pulled: string[] = [];
  const recreate = async ({ name }: RemovedRecord): Promise<Recreation> => {
    if (containers.has(name)) return { kind: "there", id: name };
    containers.add(name);
    return { kind: "made", id: `new ${name}`, details: [] };
  };
  const ports: UndoPorts = {
    targetKey: KEY,
    journal,
    leases: FREE,
    openBin: async () => bin,
    writer: {
      async writeImage(content) {
        for (const digest of await content.digestsBelow())
          for await (const chunk of content.open(digest)) void chunk.byteLength;
        if (content.form.kind !== "manifest") throw new Error("the fake keeps manifests");
        target.addImage(content.form.root, {});
        return content.form.root;
      },
    },
    names: {
      async tag(id, reference) {
        target.images.get(id)?.references.push(reference);
      },
    },
    openLookup: async () => fakeLookup(),
    resolveReference: (reference) => target.resolveReference(reference),
    isThere: async (id) => target.images.has(id),
    discard: async (id) => {
      target.images.delete(id);
    },
    pull: async (name) => {
      pulled.push(name);
      target.addImage(name.slice(name.indexOf("@") + 1), {});
      return {};
    },
    recreator: { recreateContainer: recreate, recreateNetwork: recreate },
  };

  function run(actions: readonly Action[], state: ActionState = "applied", key = KEY) {
    const plan = samplePlan(actions);
    const runId = journal.begin(plan, key, AT);
    const settled = actions.map((_, index) => ({ index, state, detail: "", at: AT }));
    journal.record(runId, { settled, intended: [] });
    for (const [index, { kind, subject, references, recovery }] of actions.entries()) {
      const isDescribed =
        kind === "delete-image" && recovery.way === "record" && references.length > 0;
      const recorded = isDescribed ? "image" : RECORDED[kind];
      if (recorded === undefined) continue;
      const name = references[0] ?? "";
      journal.keepRecord(runId, index, { kind: recorded, id: subject, name, description: {} });
    }
    journal.finish(runId, { state: "done", at: AT });
    return { runId, plan };
  }
  return { target, journal, bin, ports, containers, pulled, run };
}

const RECORDED: Partial<Record<Action["kind"], RemovedRecord["kind"]>> = {
  "remove-container": "container",
  "remove-network": "network",
};

function deletion({ id }: MadeImage, over: Partial<Action> = {}): Action {
  return sampleAction({ subject: id, references: NAMES, recovery: IN_BIN, ...over });
}

function container(name: string): Action {
  return sampleAction({ kind: "remove-container", subject: `old ${name}`, references: [name] });
}

function go(ports: UndoPorts, runId?: string): Promise<UndoReport> {
  return undo(runId, ports, { signal, onStep: () => undefined });
}

function told({ steps }: UndoReport) {
  return steps.map(({ kind, state, details }) => [kind, state, ...details]);
}

test("images come first, then names, networks and containers; a second time nothing is done", async () => {
  const { target, bin, ports, run } = await emptied();
  const kept = manifestImage("kept", [noise("kept", 100)]);
  target.addImage(kept.id, {});
  const untag: Partial<Action> = { kind: "untag", imageId: kept.id };
  const { plan } = run([
    container("web"),
    sampleAction({ kind: "remove-network", subject: "n1", references: ["net"] }),
    sampleAction({ subject: "docker.io/library/kept:1", ...untag }),
    deletion(APP),
  ]);
  await archive(bin, APP, { references: NAMES, planId: plan.id });

  const report = await go(ports);
  expect(report.state).toBe("done");
  expect(told(report)).toEqual([
    ["delete-image", "restored"],
    ["untag", "restored"],
    ["remove-network", "restored"],
    ["remove-container", "restored"],
  ]);
  expect(target.images.get(APP.id)?.references).toEqual(NAMES);
  expect(target.images.get(kept.id)?.references).toEqual(["docker.io/library/kept:1"]);

  const again = await go(ports, report.runId);
  expect(again.steps.map(({ state }) => state)).toEqual(["there", "there", "there", "there"]);
  expect(target.images.get(APP.id)?.references).toEqual(NAMES);
});

test("a name that was given away stays where it is", async () => {
  const { target, bin, ports, run } = await emptied();
  await archive(bin, APP, { references: NAMES });
  target.addImage("sha256:other", {}, { references: [NAMES[0] ?? "", "docker.io/library/kept:1"] });
  run([
    deletion(APP),
    sampleAction({ kind: "untag", subject: "docker.io/library/kept:1", imageId: APP.id }),
  ]);
  const report = await go(ports);
  expect(report.state).toBe("partial");
  expect(told(report)).toEqual([
    [
      "delete-image",
      "partly",
      `app:1 means sha256:other by now and was left to it; this one is ${APP.id}`,
    ],
    ["untag", "taken", "kept:1 means sha256:other by now and was left to it"],
  ]);
  expect(target.images.get(APP.id)?.references).toEqual(["docker.io/library/app:latest"]);
});

const NOT_BACK: readonly [what: string, action: Action, state: string, why: RegExp][] = [
  ["an image that has left the bin", deletion(APP), "beyond", /bin does not have it/],
  [
    "an image of which a record was kept",
    deletion(APP, { recovery: { way: "record", detail: "" } }),
    "beyond",
    /only what it was/,
  ],
  [
    "an image without a way back",
    deletion(APP, { recovery: { way: "none", detail: "" } }),
    "beyond",
    /no way back/,
  ],
  ["a volume", sampleAction({ kind: "remove-volume", subject: "v" }), "beyond", /not kept/],
  [
    "build cache",
    sampleAction({ kind: "prune-build-cache", subject: "r" }),
    "beyond",
    /a build makes it again/,
  ],
  [
    "a name of an image that is gone",
    sampleAction({ kind: "untag", subject: "docker.io/library/a:1", imageId: "sha256:gone" }),
    "failed",
    /not there any more/,
  ],
];

test.for(NOT_BACK)("%s: the report says why it is not back", async ([, action, state, why]) => {
  const { ports, run } = await emptied();
  run([action]);
  const report = await go(ports);
  expect(report.state).toBe("partial");
  expect(report.steps).toMatchObject([{ state, details: [expect.stringMatching(why)] }]);
});

describe("from a registry", () => {
  const recovery = { way: "registry", detail: `docker.io/library/app@${APP.id}` } as const;

  test("an image is pulled by the digest that was asked for, and named", async () => {
    const { target, ports, pulled, run } = await emptied();
    run([deletion(APP, { recovery })]);
    expect(told(await go(ports))).toEqual([["delete-image", "restored"]]);
    expect(pulled).toEqual([recovery.detail]);
    expect(target.images.get(APP.id)?.references).toEqual(NAMES);
  });

  test("one that was put into the bin after all is not pulled", async () => {
    const { bin, ports, pulled, run } = await emptied();
    await archive(bin, APP, { references: NAMES });
    run([deletion(APP, { recovery })]);
    expect(told(await go(ports))).toEqual([["delete-image", "restored"]]);
    expect(pulled).toEqual([]);
  });

  test("one that fails leaves the others", async () => {
    const { ports, run } = await emptied();
    const offline = { ...ports, pull: () => Promise.reject(new Error("no route")) };
    run([deletion(APP, { recovery }), container("web")]);
    expect(told(await go(offline))).toEqual([
      ["delete-image", "failed", "no route"],
      ["remove-container", "restored"],
    ]);
  });
});

test("a step of a build that went along with its child is no loss", async () => {
  const { ports, run } = await emptied();
  run([sampleAction({ subject: "sha256:step", recovery: { way: "record", detail: "" } })]);
  const report = await go(ports);
  expect(report).toMatchObject({ state: "done", steps: [{ state: "part", details: [] }] });
});

test("a load that fails takes back what it has left listed", async () => {
  const { target, bin, ports, run } = await emptied();
  await archive(bin, APP, { references: NAMES });
  run([deletion(APP)]);
  const writer = {
    async writeImage() {
      target.addImage(APP.id, {});
      throw new Error("content digest not found");
    },
  };
  expect(told(await go({ ...ports, writer }))).toEqual([
    ["delete-image", "failed", "content digest not found"],
  ]);
  expect(target.images.has(APP.id)).toBe(false);
});

test("what the run did not remove is left out; what it may have removed is looked for", async () => {
  const { target, ports, run } = await emptied();
  run([container("skipped")], "skipped");
  await expect(go(ports)).rejects.toMatchObject({ kind: "nothing-removed" });
  target.addImage(APP.id, {}, { references: NAMES });
  run([deletion(APP)], "unknown");
  expect(told(await go(ports))).toEqual([["delete-image", "there"]]);
});

test("which run: the latest of this target; no other target's, none that is not known", async () => {
  const { ports, run } = await emptied();
  const mine = run([container("web")]);
  const other = run([container("other")], "applied", "engine:2");
  expect((await go(ports)).runId).toBe(mine.runId);
  await expect(go(ports, other.runId)).rejects.toMatchObject({ kind: "other-target" });
  await expect(go(ports, "20260101-000000-abcdef")).rejects.toMatchObject({ kind: "no-such-run" });
  const leases: LeaseOffice = { acquire: () => ({ granted: false }) };
  await expect(go({ ...ports, leases })).rejects.toMatchObject({ kind: "lease-held" });
});

test.for([
  ["the one that the run put images into", undefined, "/disk/bin"],
  ["the one that is asked for", "/other", "/other"],
] as const)("which bin: %s", async ([, asked, opened]) => {
  const { journal, ports, bin } = await emptied();
  const plan = samplePlan([deletion(APP)], { bin: { directory: "/disk/bin" } });
  const runId = journal.begin(plan, KEY, AT);
  const settled = [{ index: 0, state: "applied", detail: "", at: AT }] as const;
  journal.record(runId, { settled, intended: [] });
  journal.finish(runId, { state: "done", at: AT });
  const directories: unknown[] = [];
  const openBin = async (directory?: string) => {
    directories.push(directory);
    return bin;
  };
  const options = { signal, onStep: () => undefined };
  await undo(runId, { ...ports, openBin }, asked ? { ...options, binDirectory: asked } : options);
  expect(directories).toEqual([opened]);
});

test("stopped before the first step, nothing is brought back", async () => {
  const { containers, ports, run } = await emptied();
  run([container("web")]);
  const aborted = AbortSignal.abort();
  const report = await undo(undefined, ports, { signal: aborted, onStep: () => undefined });
  expect(told(report)).toEqual([["remove-container", "failed", "stopped before it"]]);
  expect(containers.size).toBe(0);
});
