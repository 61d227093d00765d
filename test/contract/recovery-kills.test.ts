import { existsSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Plan } from "../../src/plan/plan.ts";
import type { ActionOutcome, RunSummary } from "../../src/ports/run-journal.ts";
import type { RecoveryBin } from "../../src/ports/recovery-bin.ts";
import { openRunJournal } from "../../src/store/sqlite-run-journal.ts";
import { UNFINISHED_PREFIX } from "../../src/layout/blob-draft.ts";
import { openRecoveryBin } from "../../src/layout/recovery-bin.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { cacheFolder } from "../harness/debian-packages.ts";
import { Actors } from "./actors.ts";
import {
  archivingPlan,
  expectAll,
  newImage,
  newLayer,
  noteImages,
  random,
  type Before,
} from "./contract-images.ts";
import { openSession, removeMatching, type ContractSession } from "./contract-session.ts";
import type { ContractTarget } from "./contract-target.ts";
import { startTarget, targetsToTest, type TargetKind } from "./every-target.ts";
import type { LayoutTarget } from "./layout-target.ts";
import { programEnvironment } from "./program.ts";

const PRUNE = ["prune", "--all", "--force", "--beyond-limits", "--recovery", "archive", "--json"];
/** 300 in all of what is always tested; half of them of a removal, half of an undo. A layout is the quickest. */
const KILLS: Readonly<Record<TargetKind, number>> = {
  "docker-20.10": 20,
  "docker-26.1": 20,
  "docker-26.1-containerd": 20,
  "docker-latest": 50,
  "docker-latest-containerd": 20,
  podman: 20,
  layout: 190,
};
/** Here the bin is encrypted. */
const ENCRYPTED: ReadonlySet<TargetKind> = new Set<TargetKind>(["docker-20.10"]);
const IMAGES = 6;
/** On a machine that is busy with other things as well. */
const TIMEOUT_MS = 900_000;
const MEASURED_RUNS = 3;
/** An engine goes on for a moment with what a dead client had asked for. */
const SETTLE_MS = 60;
const THREE_HOURS_S = 10_800;
const MEMORY_FOLDER = "/dev/shm";

// What a kill leaves behind does not hang on the disk, and in memory a round takes a fraction of the time.
if (existsSync(MEMORY_FOLDER)) {
  process.env["PLIMSOLL_TEST_CACHE"] = cacheFolder();
  process.env["TMPDIR"] = MEMORY_FOLDER;
}

describe.each(targetsToTest())("%s", (kind) => {
  test(
    `${KILLS[kind]} kills: no image is lost, and the account is finished`,
    { timeout: TIMEOUT_MS },
    async () => {
      const target = await startTarget(kind);
      onTestFinished(() => target.stop());
      const shared = newLayer();
      await target.load(
        Array.from({ length: IMAGES }, (_, index) =>
          newImage([`kill.test/app:${index}`, `kill.test/also-${index % 2}:${index}`], [shared]),
        ),
      );
      makeOld(target);
      const memory = scratchFolder();
      const bin = join(memory, "bin");
      const identity = ENCRYPTED.has(kind) ? await encryptBin(bin, memory) : {};
      const environment = { PLIMSOLL_BIN: bin, ...identity };
      const env = { ...programEnvironment(memory, target.address), ...environment };
      const session = await openSession(target.address, { memory, environment });
      const before = await noteImages(target);
      const host: Host = { target, session, before, memory, actors: new Actors(env) };

      const usualMs = await measure(host);
      let kills = 0;
      for (let round = 0; kills < KILLS[kind]; round += 1) {
        if (await killed(host, PRUNE, usualMs.prune)) kills += 1;
        await expectNothingLost(host);
        await removeRest(host);
        if (await killed(host, ["undo"], usualMs.undo)) kills += 1;
        await expectNothingLost(host);
        await restoreRest(host);
      }
    },
  );
});

/** Answers the environment that opens it. */
async function encryptBin(
  directory: string,
  memory: string,
): Promise<{ readonly PLIMSOLL_BIN_IDENTITY: string }> {
  const identity = await generateIdentity();
  const file = join(memory, "identity");
  writeFileSync(file, identity);
  const bin = await openRecoveryBin(directory, Date.now);
  const { signal } = new AbortController();
  await bin.encryption.encrypt([await identityToRecipient(identity)], { signal });
  return { PLIMSOLL_BIN_IDENTITY: file };
}

interface Host {
  readonly target: ContractTarget;
  readonly session: ContractSession;
  readonly before: Before;
  readonly memory: string;
  readonly actors: Actors;
}

/** Milliseconds that a removal and an undo take when nothing cuts them off. */
async function measure(host: Host): Promise<{ readonly prune: number; readonly undo: number }> {
  const runs: { prune: number; undo: number }[] = [];
  for (let run = 0; run < MEASURED_RUNS; run += 1) {
    const prune = (await act(host, PRUNE)).ms;
    expect((await host.target.listIds()).size).toBe(0);
    const undo = (await act(host, ["undo"])).ms;
    expect(await noteImages(host.target)).toEqual(host.before);
    runs.push({ prune, undo });
  }
  const median = (values: readonly number[]): number =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  return {
    prune: median(runs.map(({ prune }) => prune)),
    undo: median(runs.map(({ undo }) => undo)),
  };
}

function act({ actors, target }: Host, args: readonly string[], killAfterMs?: number) {
  return actors.act([...args, "--target", target.address], killAfterMs);
}

async function killed(host: Host, args: readonly string[], usualMs: number): Promise<boolean> {
  const { wasKilled } = await act(host, args, random.number() * usualMs);
  if (host.target.kind !== "layout") await delay(SETTLE_MS);
  return wasKilled;
}

/** Each image is on the target, or whole in the bin, or both; and what the journal says of the run is true. */
async function expectNothingLost({ target, session, before, memory }: Host): Promise<void> {
  const there = await target.listIds();
  for (const name of await target.listNames()) await target.readOut(name);
  const bin = await openBin(session);
  const inBin = new Set<string>((await bin.entries()).map(({ image }) => image.id));
  expect(await bin.verify(new AbortController().signal)).toEqual([]);
  expect([...before.ids].filter((id) => !there.has(id) && !inBin.has(id))).toEqual([]);
  expect([...there].filter((id) => !before.ids.has(id))).toEqual([]);

  const key = await session.key();
  const unfinished = existsSync(join(memory, "state")) ? readUnfinished(memory, key) : 0;
  const reconciled = await session.reconcile();
  expect(reconciled).toHaveLength(unfinished);
  for (const { id } of reconciled) expectTrue(readRun(memory, id), there);
  expect(readUnfinished(memory, key)).toBe(0);
}

interface Account {
  readonly summary: RunSummary;
  readonly plan: Plan;
  readonly outcomes: readonly ActionOutcome[];
}

function expectTrue({ summary, plan, outcomes }: Account, there: ReadonlySet<string>): void {
  expect(summary.state).toBe("interrupted");
  const told = plan.actions.map(({ subject }, index) => {
    const state = outcomes.find((outcome) => outcome.index === index)?.state;
    return { subject, state };
  });
  expect(told).toEqual(
    plan.actions.map(({ subject }) => ({
      subject,
      state: there.has(subject) ? "skipped" : "applied",
    })),
  );
}

function readUnfinished(memory: string, key: string): number {
  const journal = openRunJournal(join(memory, "state"));
  try {
    return journal.unfinished(key).length;
  } finally {
    journal.close();
  }
}

function readRun(memory: string, id: string): Account {
  const journal = openRunJournal(join(memory, "state"));
  try {
    const account = journal.run(id);
    if (account === undefined) throw new Error(`the journal has no run ${id}`);
    return account;
  } finally {
    journal.close();
  }
}

/** All of them go in one run, whatever the kill has left. */
async function removeRest(host: Host): Promise<void> {
  await restoreRest(host);
  const { session, target } = host;
  const plan = await session.plan(removeMatching({}));
  expectAll(await session.carryOut(archivingPlan(plan)), "applied");
  expect((await target.listIds()).size).toBe(0);
}

/** What is not there comes back from the bin, which is empty afterwards. */
async function restoreRest({ target, session, before }: Host): Promise<void> {
  const bin = await openBin(session);
  const { signal } = new AbortController();
  const entries = new Map((await bin.entries()).map((entry) => [entry.image.id, entry]));
  for (const entry of entries.values()) await session.recovery?.restore(entry, signal);
  expect(await noteImages(target)).toEqual(before);
  makeOld(target);
  await bin.remove((await bin.entries()).map(({ key }) => key));
  expect(leftOf(bin)).toEqual([]);
}

function leftOf({ location }: RecoveryBin): readonly string[] {
  const names = readdirSync(join(location, "blobs"), { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.includes(UNFINISHED_PREFIX));
}

async function openBin({ recovery }: ContractSession): Promise<RecoveryBin> {
  if (recovery === undefined) throw new Error("nothing can come back");
  return recovery.openBin();
}

/** A layout lets nothing go that has just come. */
function makeOld(target: ContractTarget): void {
  if (target.kind !== "layout") return;
  const blobs = join((target as LayoutTarget).directory, "blobs/sha256");
  const then = Date.now() / 1000 - THREE_HOURS_S;
  for (const name of readdirSync(blobs)) utimesSync(join(blobs, name), then, then);
}
