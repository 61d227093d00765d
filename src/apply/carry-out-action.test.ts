import { expect, test } from "vitest";
import { FakeTarget } from "../../test/fakes/fake-target.ts";
import { sampleAction } from "../../test/fakes/sample-plan.ts";
import { carryOutAction } from "./carry-out-action.ts";

const ACTION = sampleAction({ subject: "sha256:a" });
const BY_ITSELF = {
  plannedAt: "2026-11-20T12:00:00Z",
  wentAlong: () => false,
  holderOf: () => undefined,
  intend: async () => {},
  secure: async () => ({ detail: "" }),
  isStopping: () => false,
};

type Change = (target: FakeTarget) => void;
const fault =
  (outcome: Parameters<FakeTarget["faults"]["set"]>[1]): Change =>
  (target) =>
    target.faults.set("sha256:a", outcome);
const unanswered =
  (then: Change): Change =>
  (target) => {
    target.faults.set("sha256:a", "timed-out");
    target.onRemoval = () => then(target);
  };

const ROWS: readonly (readonly [string, Change, string, string])[] = [
  ["removed", () => {}, "applied", ""],
  ["gone between the look and the removal", fault("gone"), "gone", "made to end as gone"],
  ["a conflict", fault("conflict"), "skipped", "the target keeps it: made to end as conflict"],
  ["a refusal", fault("refused"), "failed", "made to end as refused"],
  ["a failure", fault("failed"), "failed", "made to end as failed"],
  [
    "no answer, and it is gone",
    unanswered((target) => target.images.delete("sha256:a")),
    "applied",
    "no answer in time (made to end as timed-out), but it is gone",
  ],
  [
    "no answer, and it is still there",
    unanswered(() => {}),
    "failed",
    "timed out: no answer in time (made to end as timed-out), and it is still there",
  ],
  [
    "no answer, and nobody can tell",
    unanswered((target) => target.blind.set("sha256:a", new Error("no route"))),
    "unknown",
    "no answer in time (made to end as timed-out); looking again: no route",
  ],
  [
    "a connection that broke",
    fault(new Error("socket hang up")),
    "failed",
    "timed out: no answer in time (socket hang up), and it is still there",
  ],
];

test.each(ROWS)("%s", async (_name, change, state, detail) => {
  const target = new FakeTarget();
  target.addImage("sha256:a", { la: 1 });
  change(target);
  const ending = await carryOutAction(ACTION, { ...BY_ITSELF, remover: target });
  expect(ending).toMatchObject({ state, detail });
});

test("an image that went with its child was removed by this run", async () => {
  const around = { ...BY_ITSELF, remover: new FakeTarget(), wentAlong: () => true };
  expect(await carryOutAction(ACTION, around)).toEqual({
    state: "applied",
    detail: "went together with another image of this run",
  });
});

const RESOURCES = [
  ["remove-container", "c1"],
  ["remove-volume", "v1"],
  ["remove-network", "n1"],
  ["untag", "app:1"],
] as const;

test.each(
  RESOURCES.flatMap((each) => [
    [...each, "still there", "failed"] as const,
    [...each, "gone", "applied"] as const,
  ]),
)("%s %s without an answer, %s: %s", async (kind, subject, fate, state) => {
  const target = new FakeTarget();
  target.addImage("sha256:a", { la: 1 }, { references: ["app:1"] });
  target.addContainer("c1", { imageId: "sha256:other" });
  target.volumes.set("v1", 1);
  target.networks.add("n1");
  target.faults.set(subject, "timed-out");
  target.onRemoval = () => {
    if (fate === "still there") return;
    target.containers.clear();
    target.volumes.clear();
    target.networks.clear();
    target.images.clear();
  };
  const action = sampleAction({ kind, subject, references: [subject], imageId: "sha256:a" });
  const around = { remover: target, ...BY_ITSELF };
  expect(await carryOutAction(action, around)).toMatchObject({ state });
});

test("a cache record without an answer is unknown", async () => {
  const target = new FakeTarget();
  target.cacheRecords.set("r1", 1);
  target.faults.set("r1", "timed-out");
  const action = sampleAction({ kind: "prune-build-cache", subject: "r1" });
  const around = { ...BY_ITSELF, remover: target };
  expect(await carryOutAction(action, around)).toMatchObject({ state: "unknown" });
});

test("nothing is removed when the intent cannot be written", async () => {
  const target = new FakeTarget();
  target.addImage("sha256:a", { la: 1 });
  const intend = () => Promise.reject(new Error("disk full"));
  const around = { ...BY_ITSELF, remover: target, intend };
  await expect(carryOutAction(ACTION, around)).rejects.toThrow("disk full");
  expect(target.asked).toEqual([]);
});

test("what had changed without standing in the way is told", async () => {
  const target = new FakeTarget();
  target.addImage("sha256:a", { la: 1 });
  const action = sampleAction({ subject: "sha256:a", references: ["docker.io/library/app:1"] });
  const around = { ...BY_ITSELF, remover: target };
  expect(await carryOutAction(action, around)).toMatchObject({
    state: "applied",
    detail: "had lost the tag app:1 since the plan",
  });
});

test("an image whose way back cannot be made stays", async () => {
  const target = new FakeTarget();
  target.addImage("sha256:a", { la: 1 });
  const secure = () => Promise.reject(new Error("the bin is full"));
  const action = { ...ACTION, recovery: { way: "archive", detail: "" } } as const;
  expect(await carryOutAction(action, { ...BY_ITSELF, remover: target, secure })).toMatchObject({
    state: "failed",
    detail: "stays, for it would have no way back: the bin is full",
  });
  expect(target.asked).toEqual([]);
});

test("what has changed while its way back was made is left alone", async () => {
  const target = new FakeTarget();
  target.addImage("sha256:a", { la: 1 });
  const secure = async () => {
    target.images.delete("sha256:a");
    return { detail: "" };
  };
  const action = { ...ACTION, recovery: { way: "archive", detail: "" } } as const;
  expect(await carryOutAction(action, { ...BY_ITSELF, remover: target, secure })).toMatchObject({
    state: "gone",
  });
  expect(target.asked).toEqual([]);
});

const SECURED = { ...ACTION, recovery: { way: "archive", detail: "" } } as const;

test("intent, way back, removal: in this order, and the account says where the image is", async () => {
  const steps: string[] = [];
  const target = new FakeTarget();
  target.addImage("sha256:a", { la: 1 });
  target.onRemoval = () => steps.push("removed");
  const ending = await carryOutAction(SECURED, {
    ...BY_ITSELF,
    remover: target,
    intend: async () => void steps.push("intended"),
    secure: async () => {
      steps.push("secured");
      return { detail: "in the bin" };
    },
  });
  expect(steps).toEqual(["intended", "secured", "removed"]);
  expect(ending).toMatchObject({ state: "applied", detail: "in the bin" });
});

test.each([
  [
    "a removal that failed",
    fault("failed"),
    "made to end as failed; it can be had as well: in the bin",
  ],
  [
    "a conflict",
    fault("conflict"),
    "the target keeps it: made to end as conflict; it can be had as well: in the bin",
  ],
])("%s of a secured image is told with the place", async (_, change, detail) => {
  const target = new FakeTarget();
  target.addImage("sha256:a", { la: 1 });
  change(target);
  const secure = async () => ({ detail: "in the bin" });
  const around = { ...BY_ITSELF, remover: target, secure };
  expect(await carryOutAction(SECURED, around)).toMatchObject({ detail });
});

test("what Ctrl-C has cut off while it was put by stays, and is no failure", async () => {
  const target = new FakeTarget();
  target.addImage("sha256:a", { la: 1 });
  const secure = () => Promise.reject(new DOMException("aborted", "AbortError"));
  const around = { ...BY_ITSELF, remover: target, secure, isStopping: () => true };
  expect(await carryOutAction(SECURED, around)).toEqual({ state: "skipped", detail: "stopped" });
  expect(target.asked).toEqual([]);
});

test("the name that a backup has given and taken off again is no change; a later one is", async () => {
  const taggedAt = "2026-11-20T12:05:00Z";
  for (const [namedByUsAt, state] of [
    [taggedAt, "applied"],
    ["2026-11-20T12:04:59Z", "skipped"],
  ] as const) {
    const target = new FakeTarget();
    target.addImage("sha256:a", { la: 1 });
    const image = target.images.get("sha256:a");
    if (image === undefined) throw new Error("it has just been added");
    const secure = async () => {
      target.images.set("sha256:a", { ...image, taggedAt });
      return { detail: "backed up", namedByUsAt };
    };
    const around = { ...BY_ITSELF, remover: target, secure };
    expect(await carryOutAction(SECURED, around)).toMatchObject({ state });
  }
});

const TAGGED_MEANWHILE: readonly (readonly [
  string,
  string,
  { readonly namedByUsAt?: string },
  string,
])[] = [
  ["before the plan", "2026-11-20T11:00:00Z", {}, "applied"],
  ["while it was put by", "2026-11-20T13:00:00Z", {}, "skipped"],
  ["by its backup", "2026-11-20T13:00:00Z", { namedByUsAt: "2026-11-20T13:00:00Z" }, "applied"],
  [
    "once more after its backup",
    "2026-11-20T14:00:00Z",
    { namedByUsAt: "2026-11-20T13:00:00Z" },
    "skipped",
  ],
];

test.each(TAGGED_MEANWHILE)("an image that was named %s", async (_when, taggedAt, named, state) => {
  const target = new FakeTarget();
  target.addImage("sha256:a", { la: 1 });
  const secure = async () => {
    target.addImage("sha256:a", { la: 1 }, { taggedAt });
    return { detail: "kept", ...named };
  };
  const action = { ...ACTION, recovery: { way: "archive", detail: "" } } as const;
  const around = { remover: target, ...BY_ITSELF, secure };
  expect(await carryOutAction(action, around)).toMatchObject({ state });
  expect(target.images.size).toBe(state === "applied" ? 0 : 1);
});
