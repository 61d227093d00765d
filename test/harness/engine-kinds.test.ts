import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { availableEngines, ENGINE_KINDS, enginesToTest } from "./engine-kinds.ts";

let reports: string;
beforeEach(() => {
  reports = mkdtempSync(join(tmpdir(), "plimsoll-reports-"));
  vi.stubEnv("PLIMSOLL_TEST_REPORT_DIR", reports);
  vi.stubEnv("PLIMSOLL_REQUIRE_ENGINES", "");
  vi.stubEnv("PLIMSOLL_TEST_EVERY_ENGINE", "");
  vi.stubEnv("PATH", "/nonexistent");
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(reports, { recursive: true });
});

it("gives the reason for each kind that cannot be started", () => {
  for (const { reason } of availableEngines()) expect(reason).toMatch(/Debian packages|Linux only/);
});

it("names what is not tested in the report, once for each kind", () => {
  expect(enginesToTest()).toEqual([]);
  const lines = readFileSync(join(reports, "not-tested.txt"), "utf8").trim().split("\n");
  expect(lines.map((line) => line.split(":")[0])).toEqual([...ENGINE_KINDS]);
});

it("adds what else Debian has where every engine is asked for", () => {
  vi.stubEnv("PLIMSOLL_TEST_EVERY_ENGINE", "1");
  const kinds = availableEngines().map(({ kind }) => kind);
  expect(kinds).toEqual([...ENGINE_KINDS, "docker-26.1", "docker-26.1-containerd"]);
});

it("fails instead where the engines are required", () => {
  vi.stubEnv("PLIMSOLL_REQUIRE_ENGINES", "1");
  expect(() => enginesToTest(["podman"])).toThrow("podman is required: ");
});
