import { expect, test } from "vitest";
import { sampleAction, samplePlan } from "../../../test/fakes/sample-plan.ts";
import { imageId } from "../../../test/fakes/sample-inventory.ts";
import type { Action, Plan } from "../../plan/plan.ts";
import { haveDifferentWays, sayHeldBack, sayWaysBack } from "./view-ways-back.ts";

const IMAGE = imageId("a");

type Way = Action["recovery"]["way"];

function plan(ways: readonly Way[], over: Partial<Plan> = {}): Plan {
  const actions = ways.map((way, index) =>
    sampleAction({ subject: `sha256:${index}`, recovery: { way, detail: "" } }),
  );
  return samplePlan(actions, over);
}

const totals = (freesBytes: number, archiveBytes: number) => ({
  totals: { images: 1, references: 0, freesBytes, archiveBytes },
});

test.each<[string, Plan, string]>([
  ["nothing goes", plan([]), ""],
  ["no image goes", samplePlan([sampleAction({ subject: "c", kind: "remove-container" })]), ""],
  ["all of one kind", plan(["registry", "registry"]), "Comes back: 2 from registries.\n"],
  [
    "of every kind, the surest first",
    plan(["none", "record", "archive", "backup", "registry", "none"], totals(3e9, 1.2e9)),
    "Comes back: 1 from registries, 1 from the backup repository, 1 from the bin (at most 1.2GB there), 1 only as a record of what they were, 2 not at all.\n",
  ],
  [
    "on the disk that is freed",
    plan(["archive"], { ...totals(2e9, 1.2e9), bin: { isOnSameDisk: true } }),
    "Comes back: 1 from the bin (at most 1.2GB there, at least 800MB net on this disk).\n",
  ],
  [
    "on the disk that is freed, and perhaps for nothing",
    plan(["archive"], { ...totals(1e9, 1.2e9), bin: { isOnSameDisk: true } }),
    "Comes back: 1 from the bin (at most 1.2GB there, on this same disk: perhaps nothing is gained until the bin lets go of them).\n",
  ],
  [
    "of which the target does not tell enough",
    plan(["archive"], { ...totals(2e9, 1.2e9), bin: { mayTakeMore: true } }),
    "Comes back: 1 from the bin (at least 1.2GB there).\n",
  ],
  [
    "of which the target tells nothing",
    plan(["archive"], { ...totals(2e9, 0), bin: { mayTakeMore: true } }),
    "Comes back: 1 from the bin (how much there is not known).\n",
  ],
  [
    "all of it there before",
    plan(["archive"], { ...totals(1e9, 0), bin: {} }),
    "Comes back: 1 from the bin (which has all of it already).\n",
  ],
  [
    "with the time that it takes, one image after the other",
    samplePlan(
      [
        sampleAction({
          subject: "a",
          recovery: { way: "archive", detail: "", estimatedMs: 12_000 },
        }),
        sampleAction({
          subject: "a",
          recovery: { way: "archive", detail: "", estimatedMs: 9_000 },
        }),
        sampleAction({
          subject: "a",
          recovery: { way: "backup", detail: "", estimatedMs: 200_000 },
        }),
      ],
      totals(3e9, 1.2e9),
    ),
    "Comes back: 1 from the backup repository (about 3 min), 2 from the bin (at most 1.2GB there, about 20 s).\n",
  ],
  [
    "without layers that registries have",
    samplePlan(
      ["debian", "node", "debian"].map((name) =>
        sampleAction({
          subject: name,
          recovery: {
            way: "archive",
            detail: "",
            layersFrom: [`docker.io/library/${name}@sha256:${"a".repeat(64)}`],
          },
        }),
      ),
      totals(3e9, 1e6),
    ),
    "Comes back: 3 from the bin, 3 of them with layers from debian, node (at most 1MB there).\n",
  ],
])("%s", (_, made, text) => {
  expect(sayWaysBack(made)).toBe(text);
});

test("a column is worth its width where the ways differ", () => {
  expect(haveDifferentWays(plan(["archive", "archive"]).actions)).toBe(false);
  expect(haveDifferentWays(plan(["archive", "registry"]).actions)).toBe(true);
});

test.each([
  ["nothing", [], ""],
  ["another reason", [["sha256:1", "in-use"]], ""],
  [
    "an image",
    [[IMAGE, "no-way-back"]],
    /^An image that .*backup: REPOSITORY.*--recovery record\)\.\n$/,
  ],
  ["a registry's image", [[`host/app@${IMAGE}`, "no-way-back"]], /^An image that /],
  ["a volume", [["data", "no-way-back"]], /^A volume that .*--archive-volumes/],
  [
    "both",
    [
      [IMAGE, "no-way-back"],
      ["data", "no-way-back"],
    ],
    /^An image.*\nA volume.*\n$/,
  ],
] as const)("ways on are told for what cannot be put by: %s", (_, held, expected) => {
  const kept = held.map(([subject, rule]) => ({
    subject,
    references: [],
    reasons: [{ rule, detail: "" }],
  }));
  expect(sayHeldBack(kept)).toMatch(expected);
});
