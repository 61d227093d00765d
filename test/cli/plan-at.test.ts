import { expect, test } from "vitest";

import type { Plan } from "../../src/plan/plan.ts";
import { lookOnlyTarget } from "../fakes/look-only-target.ts";
import { sampleHost } from "../fakes/sample-inventory.ts";
import { cli } from "./cli-harness.ts";
import { run } from "./look-at-sample.ts";

/** Runs a command line where every file has that content. */
const runOnFile = (command: string, content: object) =>
  cli(command.split(" "), {
    openTarget: () => Promise.resolve(lookOnlyTarget(sampleHost.inventory)),
    files: {
      read: () => Promise.resolve(JSON.stringify(content)),
      write: () => Promise.reject(new Error("nothing is written")),
    },
  });

const planAt = async (command: string): Promise<Plan> =>
  JSON.parse((await run(`plan --json ${command}`)).stdout);

test("a later day shows what grows old until then", async () => {
  const [today, later] = [
    await planAt("--older-than 60d"),
    await planAt("--older-than 60d --at 2027-11-21"),
  ];
  expect(later).toMatchObject({
    now: "2027-11-21T00:00:00.000Z",
    asOf: "2027-11-21T00:00:00.000Z",
  });
  expect(today.asOf).toBeUndefined();
  expect(later.actions.length).toBeGreaterThan(today.actions.length);
});

test("what is shown says that it cannot be applied, and names no command that would", async () => {
  const { code, stdout } = await run("plan -a --at 2027-11-21");
  expect(code).toBe(0);
  expect(stdout).toContain("at 2027-11-21 00:00:00 UTC");
  expect(stdout).toContain("decided for another moment than the present: it cannot be applied");
  expect(stdout).not.toContain("Carry it out");
});

test("a saved inventory can be looked at on any day", async () => {
  const command = "plan -a --inventory host.json --at 2026-11-01 --json";
  const { code, stdout } = await runOnFile(command, sampleHost.inventory);
  expect({ code, asOf: JSON.parse(stdout).asOf }).toEqual({
    code: 0,
    asOf: "2026-11-01T00:00:00.000Z",
  });
});

test("apply refuses it before anybody is asked, and one whose mark was taken away as altered", async () => {
  const { asOf, ...unmarked } = await planAt("-a --at 2027-11-21");
  expect(asOf).toBeDefined();
  for (const [plan, status, said] of [
    [{ asOf, ...unmarked }, 1, "it is only to be looked at"],
    [unmarked, 2, "it was changed after it was made"],
  ] as const) {
    const { code, stderr } = await runOnFile("apply --yes plan.json", plan);
    expect({ code, stderr }).toEqual({ code: status, stderr: expect.stringContaining(said) });
  }
});
