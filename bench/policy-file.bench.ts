// What reading a policy file costs: YAML, the schema, expressions and ranges, and every rule against those before it.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { attempt, reportFigure } from "./figure.ts";

const RULES = 200;
const PROCESSES = 5;
const READS = 10;
const AIM_MS = 50;

const MATCHES: readonly ((n: number) => string)[] = [
  (n) => `tag: "team-${n}-*", label: "owner=${n}"`,
  (n) => `tag: "/^rel-${n}-[0-9]+$/"`,
  (n) => `repository: "team-${n}/**", tag: { semver: ">=1.${n} <2" }`,
  (n) => `reference: "registry.example.com/app-${n}:dev-*", state: unused`,
];
const KEEPS = [
  "{ within: 90d }",
  "{ last: 5, by: version }",
  String.raw`[{ last: 3, per: '/^(?<branch>.+)-\d+$/' }, { within: 1d }]`,
  "{ daily: 7, weekly: 4, monthly: 12 }",
] as const;

function madePolicy(): string {
  const rules = Array.from({ length: RULES }, (_, n) => {
    const match = MATCHES[n % MATCHES.length]?.(n) ?? "";
    const keep = KEEPS[Math.floor(n / MATCHES.length) % KEEPS.length] ?? "";
    return `  - { name: rule-${n}, match: { ${match} }, keep: ${keep} }`;
  });
  return ["version: 1", "protect: [postgres:16, { label: keep }]", "images:", ...rules, ""].join(
    "\n",
  );
}

/** Milliseconds of each read, the first of them with nothing compiled yet. */
async function readTimes(): Promise<readonly number[]> {
  const { parsePolicyFile } = await import("../src/policy/file/parse-policy.ts");
  const text = madePolicy();
  return Array.from({ length: READS }, () => {
    const startedAt = performance.now();
    const outcome = parsePolicyFile(text, "made");
    const elapsedMs = performance.now() - startedAt;
    if ("problems" in outcome) throw new Error(JSON.stringify(outcome.problems[0]));
    return elapsedMs;
  });
}

function measureReading(): void {
  const runs = Array.from({ length: PROCESSES }, () => {
    const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), "once"]);
    if (child.status !== 0) throw new Error(child.stderr.toString());
    return JSON.parse(child.stdout.toString()) as readonly number[];
  });
  const best = Math.min(...runs.flat());
  const first = Math.min(...runs.map(([each = 0]) => each));
  reportFigure({
    what: `policy: parsing and checking a file of ${RULES} rules`,
    sides: [
      `best of ${PROCESSES * READS}: ${best.toFixed(1)} ms`,
      `first of a process: ${first.toFixed(1)} ms`,
    ],
    result: `${best.toFixed(1)} ms`,
    aim: { text: `under ${AIM_MS} ms`, reached: best < AIM_MS },
  });
}

if (process.argv[2] === "once") process.stdout.write(JSON.stringify(await readTimes()));
else await attempt("policy: reading a file", async () => measureReading());
