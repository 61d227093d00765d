import { expect, test } from "vitest";
import { FakeTarget } from "../../test/fakes/fake-target.ts";
import { sampleAction, samplePlan } from "../../test/fakes/sample-plan.ts";
import { removeLeftovers } from "./remove-leftovers.ts";
import { RunAccount } from "./run-account.ts";

const APP = "docker.io/library/app:1";

/** A run that was told that the image is deleted, and the target that still has it. */
function leftOver(): { readonly account: RunAccount; readonly target: FakeTarget } {
  const target = new FakeTarget();
  target.addImage("sha256:a", { la: 1 }, { references: [APP] });
  const plan = samplePlan([sampleAction({ subject: "sha256:a", references: [APP] })]);
  const account = new RunAccount(
    plan,
    {},
    () => 0,
    () => {},
  );
  account.settle(0, { state: "applied", detail: "" });
  return { account, target };
}

const FAILED = { index: 0, state: "failed" };

test("what is left over is deleted once more", async () => {
  const { account, target } = leftOver();
  const { signal } = new AbortController();
  expect(await removeLeftovers(account, target, signal)).toEqual({ corrected: [] });
  expect(target.asked).toEqual(["sha256:a"]);
  expect(account.outcomes()).toMatchObject([{ state: "applied" }]);
});

test.each<[what: string, change: (target: FakeTarget) => void]>([
  ["is used by now", (target) => target.addContainer("c1", { imageId: "sha256:a" })],
  ["has another name by now", (target) => target.images.get("sha256:a")?.references.push("b:1")],
  ["cannot be looked at", (target) => target.blind.set("sha256:a", new Error("no route"))],
])("what %s is not touched again, and did not go", async (_what, change) => {
  const { account, target } = leftOver();
  change(target);
  const { signal } = new AbortController();
  const { corrected } = await removeLeftovers(account, target, signal);
  expect(target.asked).toEqual([]);
  expect(corrected).toMatchObject([FAILED]);
});

test("a run that was stopped deletes nothing more", async () => {
  const { account, target } = leftOver();
  const { corrected } = await removeLeftovers(account, target, AbortSignal.abort());
  expect(target.asked).toEqual([]);
  expect(corrected).toMatchObject([FAILED]);
  expect(account.outcomes()).toMatchObject([FAILED]);
});

test("without a list nothing is deleted again, and the account says that it was not checked", async () => {
  const { account, target } = leftOver();
  target.stillListed = () => Promise.reject(new Error("no route"));
  const { signal } = new AbortController();
  expect(await removeLeftovers(account, target, signal)).toEqual({
    corrected: [],
    finding: "whether everything went could not be checked: no route",
  });
  expect(target.asked).toEqual([]);
});
