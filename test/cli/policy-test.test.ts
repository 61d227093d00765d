import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { findFiles } from "../../src/main/find-files.ts";
import { readTextFile, writeTextFile } from "../../src/main/text-files.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { cli, type CliResult } from "./cli-harness.ts";

const HEAD = `now: 2026-11-21T12:00:00Z
policy:
  version: 1
  images:
    - { name: old, match: { tag: "dev*" }, keep: { within: 7d } }
images:
  - app:dev-1  9d
  - app:dev-2  1d
`;

const files = { read: readTextFile, write: writeTextFile };

/** Runs `policy test` on a file of this text. */
async function tested(
  text: string,
  ...flags: readonly string[]
): Promise<CliResult & { path: string }> {
  const path = join(scratchFolder(), "a.policy-test.yaml");
  writeFileSync(path, text);
  const result = await cli(["policy", "test", path, ...flags], { files, findFiles });
  const short = (output: string): string => output.replaceAll(path, "a.policy-test.yaml");
  return { ...result, stdout: short(result.stdout), stderr: short(result.stderr), path };
}

test("the example policies do what their tests say", async () => {
  const { code, stdout, stderr } = await cli(["policy", "test", "examples"], { files, findFiles });
  expect(stderr).toBe("");
  expect(stdout).toMatch(/\d+ passed, 0 failed\n$/);
  expect(code).toBe(0);
});

describe("policy test", () => {
  test("a test that holds", async () => {
    const { code, stdout } = await tested(`${HEAD}removes: ["app:dev-1 by old"]\n`);
    expect(stdout).toBe("a.policy-test.yaml\n  ok    the test\n\n1 passed, 0 failed\n");
    expect(code).toBe(0);
  });

  test("what differs is shown as expected and got, with the rule and the reason", async () => {
    const text = `${HEAD}removes: [app:dev-2]\nkeeps: [app:dev-2 by other]\n`;
    const { code, stdout } = await tested(text);
    expect(code).toBe(1);
    const lines = stdout.split("\n");
    expect(lines.slice(0, 4)).toEqual([
      "a.policy-test.yaml",
      "  fails the test",
      "        a.policy-test.yaml:1",
      "      - goes   app:dev-2",
    ]);
    expect(lines[4]).toMatch(/^ {6}\+ stays {2}app:dev-2 by old because /);
    expect(lines[5]).toBe("      -        app:dev-2 by other");
    expect(lines[6]).toMatch(/^ {6}\+ {8}app:dev-2 by old because /);
    expect(lines[7]).toMatch(/^ {6}\+ goes {3}app:dev-1 by old because /);
  });

  test("colours at a terminal only", async () => {
    const path = join(scratchFolder(), "a.policy-test.yaml");
    writeFileSync(path, `${HEAD}removes: []\n`);
    const { stdout } = await cli(["policy", "test", path], {
      files,
      findFiles,
      terminal: { isTerminal: true, colour: true },
    });
    expect(stdout).toContain("\u001b[32m      + goes");
  });

  test("what stays though it should go, and the other way round", async () => {
    const { stdout } = await tested(`${HEAD}keeps: [app:dev-1]\n`);
    expect(stdout).toMatch(/- stays {2}app:dev-1\n {6}\+ goes {3}app:dev-1 by old because/);
  });

  test("brakes are compared", async () => {
    const brakes = (stops: string) =>
      tested(
        `${HEAD}stops: ${stops}\n`.replace(
          "  version: 1",
          "  version: 1\n  limits: { images: 30% }",
        ),
      );
    const held = await brakes("[images]");
    expect(held.stdout).toContain("1 passed");
    const { code, stdout } = await brakes("[]");
    expect(stdout).toContain(
      "      - stops  nothing\n      + stops  images because 50 % of all images",
    );
    expect(code).toBe(1);
    expect((await brakes("[images, bytes]")).stdout).toContain("- stops  images, bytes\n");
    expect((await brakes("[imags]")).stderr).toContain('"imags" is not one of images, bytes');
  });

  test("a test that expects nothing fails", async () => {
    const { code, stdout } = await tested(HEAD);
    expect(stdout).toContain("it expects nothing: --record writes what goes");
    expect(code).toBe(1);
  });

  test("--record writes what goes, and the test holds from then on", async () => {
    const first = await tested(`${HEAD}# the end\n`, "--record");
    expect(first.code).toBe(0);
    expect(first.stdout).toContain("1 passed, 0 failed, 1 recorded");
    const written = readFileSync(first.path, "utf8");
    expect(written.startsWith(HEAD)).toBe(true);
    expect(written).toContain("removes:\n  - app:dev-1\n");
    expect((await tested(written)).code).toBe(0);
  });

  test("--record keeps how much a line says", async () => {
    const { path } = await tested(`${HEAD}removes: [app:dev-2 by old]\n`, "--record");
    expect(readFileSync(path, "utf8")).toBe(`${HEAD}removes: [app:dev-1 by old]\n`);
  });

  test("--record does not help against what should stay and goes", async () => {
    const { code, stdout } = await tested(`${HEAD}keeps: [app:dev-1]\n`, "--record");
    expect(code).toBe(1);
    expect(stdout).toContain("0 passed, 1 failed, 1 recorded");
  });

  test("a file that cannot be read is told with its place", async () => {
    const { code, stderr } = await tested(`${HEAD}removes: [app:dev-1]\nkeps: []\n`);
    expect(stderr).toContain('a.policy-test.yaml:10:1: error: "keps" is no key of a policy test');
    expect(stderr).toContain("did you mean keeps?");
    expect(code).toBe(2);
  });

  test("a mistake in a policy inside is told with its place in the file", async () => {
    const { code, stderr } = await tested(HEAD.replace("keep: {", "kep: {"));
    expect(stderr).toContain('a.policy-test.yaml:5:44: error: "kep"');
    expect(code).toBe(2);
  });

  test("--json has everything", async () => {
    const { stdout } = await tested(`${HEAD}removes: []\n`, "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      schema: "plimsoll.policy-test/1",
      passed: 0,
      failed: 1,
      files: [
        {
          path: "a.policy-test.yaml",
          problems: [],
          tests: [
            {
              name: "the test",
              outcome: "failed",
              removed: [{ kind: "image", name: "app:dev-1", rule: "old" }],
              differences: [{ kind: "goes", got: [{ name: "app:dev-1" }] }],
            },
          ],
        },
      ],
    });
  });

  test("no test files, or no such folder", async () => {
    const folder = scratchFolder();
    const none = await cli(["policy", "test", folder], { files, findFiles });
    expect(none.code).toBe(2);
    expect(none.stderr).toContain("there is no file *.policy-test.yaml below");
    const missing = await cli(["policy", "test", join(folder, "x")], { files, findFiles });
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain("cannot look for policy tests in");
  });
});
