import { readdirSync, readFileSync, writeFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { parseInventory } from "../../src/inventory/parse-inventory.ts";
import { decide } from "../../src/plan/decide.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { policyFromFlags, type PolicyFlags } from "../../src/policy/policy-from-flags.ts";
import { parsePolicyFile } from "../../src/policy/file/parse-policy.ts";
import { inventoryOf } from "../../src/policy/testing/host-inventory.ts";
import { wordOf } from "../../src/policy/testing/image-word.ts";
import { readPolicyTests } from "../../src/policy/testing/read-policy-tests.ts";
import { LIBRARIES, sha256 } from "../fixtures/host-in-words.ts";

/**
 * Realistic hosts (`NAME.inventory.json`) with the plans that were looked at and found right. `UPDATE_GOLDEN=1` writes
 * them anew: read the difference before it is committed.
 */
const PLANS: Readonly<Record<string, readonly (readonly [name: string, flags: PolicyFlags])[]>> = {
  workstation: [
    ["dangling", {}],
    ["unused", { preset: "unused" }],
    ["workstation", { preset: "workstation" }],
    ["free-2GB", { free: "2GB" }],
    ["unused-for-30d-keep-last-1", { unusedFor: "30d", keepLast: "1" }],
  ],
  "ci-runner": [
    ["ci", { preset: "ci" }],
    ["older-than-7d-not-kept", { olderThan: "7d", filters: ["label!=keep"] }],
  ],
  "production-swarm": [
    ["production", { preset: "production" }],
    ["keep-last-2", { keepLast: "2" }],
  ],
  "multi-platform-layout": [
    ["unused", { preset: "unused" }],
    ["reference-app", { filters: ["reference=**/app:1.*"] }],
  ],
  "unread-containers": [["unused", { preset: "unused" }]],
};

const HOST_ENDING = ".host.yaml";
const update = process.env["UPDATE_GOLDEN"] === "1";
const folder = new URL("./", import.meta.url);

describe.each(Object.entries(PLANS))("%s", (host, plans) => {
  const inventory = parseInventory(JSON.parse(readFileSync(new URL(`${host}.inventory.json`, folder), "utf8")));
  if ("kind" in inventory) throw new Error(`${host}: ${inventory.detail}`);

  test.each(plans)("%s", (name, flags) => {
    const made = policyFromFlags(flags, Date.parse(inventory.takenAt));
    if ("problems" in made) throw new Error(JSON.stringify(made.problems));
    const plan = decide(inventory, made.policy, { now: inventory.takenAt, sha256, libraries: LIBRARIES });
    expectPlan(`${host}.${name}.plan.txt`, plan);
  });
});

/** Hosts in words with the policy that is asked of them (`NAME.host.yaml`), as in a file of policy tests. */
const WORDED = readdirSync(folder).filter((file) => file.endsWith(HOST_ENDING));

describe("in words", () => {
  test.each(WORDED)("%s", (file) => {
    const read = readPolicyTests(readFileSync(new URL(file, folder), "utf8"));
    if ("problems" in read) throw new Error(JSON.stringify(read.problems));
    for (const { policy, host, now } of read.tests) {
      if (policy.kind !== "inline") throw new Error(`${file} has no policy of its own`);
      const made = parsePolicyFile(policy.text, file);
      if ("problems" in made) throw new Error(JSON.stringify(made.problems));
      const context = { now, sha256, libraries: LIBRARIES };
      expectPlan(planFileOf(file), decide(inventoryOf(host, now), made.policy, context));
    }
  });
});

function planFileOf(file: string): string {
  return file.replace(HOST_ENDING, ".plan.txt");
}

function expectPlan(file: string, plan: Plan): void {
  const path = new URL(file, folder);
  if (update) writeFileSync(path, toText(plan));
  expect(toText(plan)).toBe(readFileSync(path, "utf8"));
}

test("each file belongs to a test", () => {
  const hosts = Object.entries(PLANS).flatMap(([host, plans]) => [
    `${host}.inventory.json`,
    ...plans.map(([name]) => `${host}.${name}.plan.txt`),
  ]);
  const known = [...hosts, ...WORDED, ...WORDED.map(planFileOf)];
  expect(readdirSync(folder).filter((file) => !file.endsWith(".ts")).toSorted()).toEqual(known.toSorted());
});

/** What a reviewer reads: every decision on a line of its own, with its reason. */
function toText(plan: Plan): string {
  const { actions, kept, totals, notes, exceeds } = plan;
  const disk = totals.freesDiskBytes === undefined ? "" : `, ${totals.freesDiskBytes} on disk`;
  return [
    `${plan.policy.source}: ${totals.images} images, ${totals.references} references, ${totals.freesBytes} bytes${disk}`,
    ...exceeds.map(({ limit, detail }) => `limit ${limit}: ${detail}`),
    ...notes.map((note) => `note: ${note}`),
    "",
    ...actions.map(
      ({ wave, kind, subject, references, rule, reason, freesBytes }) =>
        `${wave} ${kind} ${label(subject, references)}: ${rule}: ${reason}; frees ${freesBytes}`,
    ),
    "",
    ...kept.map(
      ({ subject, references, reasons }) =>
        `keep ${label(subject, references)}: ${reasons.map(({ rule, detail }) => `${rule}: ${detail}`).join("; ")}`,
    ),
    "",
  ].join("\n");
}

function label(subject: string, references: readonly string[]): string {
  const short = subject.replace(/^sha256:([a-f0-9]{12}).*$/, isWorded(subject) ? `<${wordOf(subject)}>` : "$1");
  return references.length === 0 || references.join() === subject ? short : `${short} (${references.join(", ")})`;
}

/** An ID that was made of a word. */
function isWorded(id: string): boolean {
  return /^[!-~]+$/.test(wordOf(id)) && wordOf(id) !== id;
}
