import { describe, expect, test } from "vitest";

import { IMPORT_KINDS } from "../../src/policy/import/import-policy.ts";
import { parsePolicyFile } from "../../src/policy/file/parse-policy.ts";
import { cli, type CliResult } from "./cli-harness.ts";

const LIMIT = '{ "policies": [{ "method": "number_of_tags", "value": 10 }] }';

/** Imports from standard input. */
function imported(kind: string, text: string, ...flags: readonly string[]): Promise<CliResult> {
  const files = {
    read: (path: string) =>
      path === "-" ? Promise.resolve(text) : Promise.reject(new Error(`no ${path}`)),
    write: () => Promise.reject(new Error("writes nothing")),
  };
  return cli(["policy", "import", kind, "-", ...flags], { files });
}

describe("policy import", () => {
  test("writes a policy file that can be used as it is", async () => {
    const { code, stdout, stderr } = await imported("quay", LIMIT);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(parsePolicyFile(stdout, "imported.yaml")).toMatchObject({
      policy: { images: [{ name: "more-than-10", keep: { last: 10, by: "arrived" } }] },
      warnings: [],
    });
    expect(stdout).toContain("# Quay counts tags");
  });

  test("--json prints the policy and the remarks", async () => {
    const { code, stdout } = await imported("quay", LIMIT, "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: "plimsoll.imported-policy/1",
      kind: "quay",
      policy: { images: [{ name: "more-than-10" }] },
      remarks: expect.arrayContaining([{ rule: "more-than-10", text: expect.any(String) }]),
    });
  });

  test("every problem goes to standard error, and nothing is written", async () => {
    const text = '[{ "method": "number_of_tags", "value": 0 }, { "method": "size" }]';
    const { code, stdout, stderr } = await imported("quay", text);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("standard input cannot be imported as quay:");
    expect(stderr).toContain("[0].value: must be a number of tags above 0");
    expect(stderr).toContain("[1].method: must be");
  });

  test.each([
    ["docum", /there is no import from "docum"/, /Did you mean docuum\?/],
    ["nexus", /there is no import from "nexus"/, /Kinds: ecr, harbor/],
  ])("no system %s", async (kind, what, next) => {
    const { code, stderr } = await imported(kind, "");
    expect(code).toBe(2);
    expect(stderr).toMatch(what);
    expect(stderr).toMatch(next);
  });

  test("a file that is not there", async () => {
    const { code, stderr } = await cli(["policy", "import", "ecr", "/nowhere"], {
      files: {
        read: () => Promise.reject(Object.assign(new Error("no"), { code: "ENOENT" })),
        write: () => Promise.resolve(),
      },
    });
    expect(code).toBe(2);
    expect(stderr).toContain("cannot read the policy /nowhere: it does not exist");
  });

  test.each(IMPORT_KINDS)("help tells what the file of %s is", async (kind) => {
    const { stdout } = await cli(["policy", "import", "--help"]);
    expect(stdout).toMatch(new RegExp(`^ +${kind} +\\w`, "m"));
  });

  test.each(IMPORT_KINDS)("an empty file is no policy of %s", async (kind) => {
    const { code, stdout, stderr } = await imported(kind, "");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`standard input cannot be imported as ${kind}:\n`);
  });
});
