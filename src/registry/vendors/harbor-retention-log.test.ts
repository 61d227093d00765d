import { expect, test } from "vitest";

import { retainedInLog } from "./harbor-retention-log.ts";

const [A, B, C] = ["a", "b", "c"].map((hex) => `sha256:${hex.repeat(64)}`);

test("rows of the table; titles, rulers, empty rows and the rest of the log are none", () => {
  const log = [
    "2026-11-21T12:00:00Z [INFO] [/pkg/retention/job.go:83]: Run retention process.",
    "2026-11-21T12:00:00Z [INFO] [/pkg/retention/job.go:180]: ",
    "|  Digest  | Tag | Kind  | Labels | PushedTime | PulledTime | CreatedTime | Retention |",
    "|----------|-----|-------|--------|------------|------------|-------------|-----------|",
    "|          |     |       |        |            |            |             |           |",
    `| ${A} | v1,latest | image |        | 2026/01/01 00:00:00 |  | 2026/01/01 00:00:00 | RETAIN    |`,
    `| ${B} |     | image | a b    | 2026/01/01 00:00:00 |  | 2026/01/01 00:00:00 | DEL       |`,
    `| ${C} | held | image |        | 2026/01/01 00:00:00 |  | 2026/01/01 00:00:00 | IMMUTABLE |`,
    "2026-11-21T12:00:01Z [INFO] Retention error for artifact image:team/app | x",
  ].join("\n");
  expect(retainedInLog(log)).toEqual([
    { digest: A, tags: ["v1", "latest"], verdict: "RETAIN" },
    { digest: B, tags: [], verdict: "DEL" },
    { digest: C, tags: ["held"], verdict: "IMMUTABLE" },
  ]);
});

test("a log without the table says nothing", () => {
  expect(retainedInLog("stopped\n")).toEqual([]);
});
