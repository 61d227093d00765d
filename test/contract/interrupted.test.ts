import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Plan } from "../../src/plan/plan.ts";
import type { ActionOutcome, RunSummary } from "../../src/ports/run-journal.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { enginesToTest } from "../harness/engine-kinds.ts";
import { expectGone, newImage, newLayer, noteImages } from "./contract-images.ts";
import type { ContractTarget } from "./contract-target.ts";
import { startEngineTarget, type EngineTarget } from "./engine-target.ts";
import { createLayoutTarget } from "./layout-target.ts";
import { meddleWith } from "./meddling-engine.ts";
import { noWarning, runProgram, startProgram } from "./program.ts";

const PRUNE = ["prune", "--all", "--force", "--beyond-limits", "--no-recovery", "--json"];
const ENGINE_IMAGES = 8;
/** The run is cut off when the engine is asked for this removal. */
const CUT_AT = 4;
/** So many that a layout is at work for some time. */
const LAYOUT_IMAGES = 1_200;
const POLL_MS = 1;

interface Account {
  readonly summary: RunSummary;
  readonly plan: Plan;
  readonly outcomes: readonly ActionOutcome[];
}

/** What `history` tells of the latest run. */
async function readAccount(memory: string): Promise<Account> {
  const { stdout } = await runProgram(["history", "--json"], memory);
  const [latest] = JSON.parse(stdout) as readonly RunSummary[];
  const account = await runProgram(["history", "--json", latest?.id ?? ""], memory);
  return JSON.parse(account.stdout) as Account;
}

/** Each action has one outcome, and it is true: applied means gone, and nothing else is. */
async function expectTrue({ plan, outcomes }: Account, target: ContractTarget): Promise<void> {
  expect(outcomes).toHaveLength(plan.actions.length);
  const left = await target.listIds();
  const applied = (index: number) => outcomes.find((each) => each.index === index)?.state;
  for (const [index, { subject }] of plan.actions.entries())
    expect([subject, applied(index)]).toEqual([subject, left.has(subject) ? "skipped" : "applied"]);
}

/** The next command on the target finishes the account, and the one after it the work. */
async function expectFinished(target: ContractTarget, address: string, memory: string) {
  const next = await runProgram(["status", "--target", address], memory);
  expect(next).toMatchObject({ code: 0, stderr: expect.stringContaining("cut off") });
  const account = await readAccount(memory);
  expect(account.summary.state).toBe("interrupted");
  await expectTrue(account, target);

  expect(account.summary.counts.applied).toBeGreaterThan(0);
  const rest = await runProgram([...PRUNE, "--target", address], memory);
  expect(rest).toMatchObject({ code: 0, stderr: noWarning() });
  expect(await target.listNames()).toEqual([]);
}

describe.each(enginesToTest())("%s", (kind) => {
  let target: EngineTarget;
  beforeAll(async () => {
    target = await startEngineTarget(kind);
  });
  afterAll(() => target.stop());

  /** Runs `prune` and sends it the signal in the middle, while the engine goes on with what it was asked for. */
  async function pruneCutOff(signal: NodeJS.Signals, memory: string) {
    const bottom = newLayer();
    const names = Array.from({ length: ENGINE_IMAGES }, (_, index) => `images.test/cut:${index}`);
    await target.load(names.map((name) => newImage([name], [bottom])));
    let removals = 0;
    const { address, idle } = await meddleWith(target.engine, async (method) => {
      if (method !== "DELETE" || ++removals !== CUT_AT) return;
      program.child.kill(signal);
      if (signal === "SIGKILL") await program.ended;
    });
    const before = await noteImages(target);
    const program = startProgram([...PRUNE, "--target", address], memory);
    const end = await program.ended;
    await idle();
    return { address, before, end };
  }

  test("kill -9 in the middle: the next command finishes the account", async () => {
    const memory = scratchFolder();
    const { address, end } = await pruneCutOff("SIGKILL", memory);
    expect(end.code).toBe(undefined);
    expect((await readAccount(memory)).summary.state).toBe("running");
    await expectFinished(target, address, memory);
  });

  test("Ctrl-C in the middle: what was begun ends, and is reported", async () => {
    const memory = scratchFolder();
    const { before, end } = await pruneCutOff("SIGINT", memory);
    const account = await readAccount(memory);
    if (account.summary.state === "done") {
      // All were in flight already.
      expect(end.code).toBe(0);
    } else {
      expect(end.code).toBe(3);
      expect(account.summary.state).toBe("stopped");
    }
    await expectTrue(account, target);
    const gone = account.outcomes
      .filter(({ state }) => state === "applied")
      .map(({ index }) => account.plan.actions[index]?.subject ?? "");
    await expectGone(target, before, gone);
  });
});

describe("layout", () => {
  test("kill -9 in the middle: the next command finishes the account", async () => {
    const target = createLayoutTarget();
    onTestFinished(() => target.stop());
    const memory = scratchFolder();
    const layer = newLayer();
    const names = Array.from({ length: LAYOUT_IMAGES }, (_, index) => `images.test/cut:${index}`);
    await target.load(
      names.map((name, index) => ({
        references: [name],
        layers: [layer],
        labels: { n: `${index}` },
      })),
    );
    const program = startProgram([...PRUNE, "--target", target.address], memory);
    while ((await target.listIds()).size === LAYOUT_IMAGES) await delay(POLL_MS);
    program.child.kill("SIGKILL");
    expect((await program.ended).code).toBe(undefined);
    for (const name of await target.listNames()) await target.readOut(name);
    await expectFinished(target, target.address, memory);
  });
});
