import { expect, test } from "vitest";
import type { RunSummary } from "../ports/run-journal.ts";
import { findRun } from "./find-run.ts";

const RUNS = ["20261121-142931-cb8080", "20261121-090000-1a2b3c", "20261003-090000-ffcb80"].map(
  (id) => ({ id }) as RunSummary,
);

test.each([
  ["20261121-142931-cb8080", "20261121-142931-cb8080"],
  ["cb8080", "20261121-142931-cb8080"],
  ["20261003", "20261003-090000-ffcb80"],
  ["latest", "20261121-142931-cb8080"],
])("%s is the run %s", (text, id) => {
  expect(findRun({ runs: () => RUNS }, text, "plimsoll").id).toBe(id);
});

test.each([
  ["20261121", '"20261121" is 2 runs'],
  ["2c", "there is no run 2c"],
  ["cb80", "there is no run cb80"],
  ["other", "there is no run other"],
])("%s is none: %s", (text, message) => {
  expect(() => findRun({ runs: () => RUNS.slice(0, 2) }, text, "plimsoll")).toThrow(message);
});
