import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { scratchFolder } from "../fakes/scratch-folder.ts";
import { callApi } from "../harness/engine-api.ts";
import { enginesToTest, storeOf } from "../harness/engine-kinds.ts";
import { newImage, newLayer } from "./contract-images.ts";
import { startEngineTarget, type EngineTarget } from "./engine-target.ts";
import { runProgram } from "./program.ts";

describe.each(enginesToTest())("the bin's images as files: %s", (kind) => {
  let target: EngineTarget;
  beforeAll(async () => {
    target = await startEngineTarget(kind);
  });
  afterAll(() => target.stop());

  /** Podman and the older Docker store know images by configurations, which every format keeps. */
  const formats = ["docker", "oci"].filter(
    (format) => format === "docker" || storeOf(kind) !== "graphdriver",
  );

  test.for(formats)("what was removed is loaded again from its export (%s)", async (format) => {
    const memory = scratchFolder();
    const base = newLayer();
    // Podman takes one image from a layout, which is one entry of its index.
    const tags = kind === "podman" && format === "oci" ? ["1"] : ["1", "latest"];
    const names = tags.map((tag) => `images.test/${format}:${tag}`);
    await target.load([
      newImage(names, [base]),
      newImage([`images.test/${format}-other:1`], [base]),
    ]);
    const [name = ""] = names;
    const id = await target.idOf(name);
    const run = async (args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await runProgram(args, memory);
      if (code !== 0) throw new Error(stderr);
      return stdout;
    };
    const bin = join(memory, "bin");
    const removal = ["--recovery", "archive", "--bin", bin, "--yes", "-t", target.address];
    await run(["rm", ...names, ...removal]);
    expect(await target.listIds()).not.toContain(id);

    const file = join(memory, "image.tar");
    await run(["bin", "export", name, "-o", file, "--format", format, "--bin", bin]);
    const { status, body } = await callApi(target.engine, "POST", "/images/load?quiet=1", {
      body: readFileSync(file),
      headers: { "content-type": "application/x-tar" },
    });
    expect(body.toString("utf8")).not.toMatch(/error/i);
    expect(status).toBe(200);
    expect(await target.idOf(name)).toBe(id);
    expect(await target.listNames()).toEqual(expect.arrayContaining(names));
    await target.readOut(name);

    expect(await run(["bin", "verify", "--bin", bin])).toMatch(/all as it was/);
    await run(["bin", "empty", "--all", "--yes", "--bin", bin]);
    expect(JSON.parse(await run(["bin", "list", "--json", "--bin", bin]))).toMatchObject({
      entries: [],
    });
  });
});
