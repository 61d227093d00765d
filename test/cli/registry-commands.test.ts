import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { readTextFile } from "../../src/main/text-files.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { cli } from "./cli-harness.ts";
import { fakeHost } from "./fake-host.ts";

const files = { read: readTextFile, write: () => Promise.reject(new Error("nothing is written")) };

describe("mistakes in listening", () => {
  test.each([
    ["no secret", "", "--secret-file is required"],
    ["a secret that is not there", "--secret-file NONE", "it does not exist"],
    ["one that can be guessed", "--secret-file SHORT", "fewer than 16 characters"],
    ["no address", "--secret-file SHORT --address here", "is not HOST:PORT"],
    ["a port that is none", "--secret-file SHORT --address localhost:70000", "is not HOST:PORT"],
  ])("%s", async (_, flags, detail) => {
    const folder = scratchFolder();
    writeFileSync(join(folder, "short"), "guess-me\n");
    const named = flags
      .replace("SHORT", join(folder, "short"))
      .replace("NONE", join(folder, "none"));
    const words = named.split(" ").filter((word) => word !== "");
    const { code, stderr } = await cli(["registry", "listen", ...words], { files });
    expect(code).toBe(2);
    expect(stderr).toContain(detail);
    expect(stderr).not.toContain("guess-me");
  });
});

describe("what only registries have", () => {
  test.each(["registry show", "registry policies", "registry gc --yes"])("%s", async (line) => {
    const { code, stderr } = await cli(line.split(" "), fakeHost().context);
    expect(code).toBe(2);
    expect(stderr).toContain("is not a registry");
  });

  test("policies are written from a file alone", async () => {
    const { code, stderr } = await cli(["registry", "policies", "--write"]);
    expect(code).toBe(2);
    expect(stderr).toContain("-p FILE");
  });
});

test("the steps of a garbage collection go together", async () => {
  const { code, stderr } = await cli(["registry", "gc", "--collect", "true"]);
  expect(code).toBe(2);
  expect(stderr).toContain("--read-only, --collect and --restart go together");
});
