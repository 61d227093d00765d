import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunReport } from "../../src/operations/run-report.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { enginesToTest } from "../harness/engine-kinds.ts";
import { randomLayer, type ImageLayer } from "../harness/image-layer.ts";
import { pullImage, pushImage } from "../harness/registry-transfer.ts";
import { startRegistry, type RunningRegistry } from "../harness/registry.ts";
import { newImage, random } from "./contract-images.ts";
import { startEngineTarget, type EngineTarget } from "./engine-target.ts";
import { runProgram } from "./program.ts";
import { fileTree } from "./recovery-images.ts";

const BASE_BYTES = 4_000_000;
/** More than an image of the tests takes without its base. */
const SMALL_BYTES = 500_000;
const POLICY = `
version: 1
images: [{ name: apps, match: { reference: "apps.test/**" }, keep: { none: true } }]
limits: { wholeRepositories: allow }
`;

describe.each(enginesToTest())("%s", (kind) => {
  let registry: RunningRegistry;
  let passing: RunningRegistry;
  let target: EngineTarget;
  beforeAll(async () => {
    registry = await startRegistry();
    passing = await startRegistry();
    const insecureRegistries = [registry.address, passing.address];
    target = await startEngineTarget(kind, { insecureRegistries });
  });
  afterAll(async () => {
    await target.stop();
    await registry.stop();
    await passing.stop();
  });

  /** A base that a registry has, and images on it that none has. */
  async function publishBase(name: string, at = registry): Promise<readonly ImageLayer[]> {
    const layers = [randomLayer(random, { files: 1, fileBytes: BASE_BYTES })];
    const reference = `${at.address}/${name}:1`;
    await target.load([{ references: [reference], layers, created: "2026-02-01T00:00:00Z" }]);
    await pushImage(target.engine, reference);
    await pullImage(target.engine, reference);
    return layers;
  }

  async function layerOf(name: string): Promise<string> {
    const accept =
      "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";
    const answer = await fetch(`${registry.url}/v2/${name}/manifests/1`, { headers: { accept } });
    const { layers } = (await answer.json()) as { layers: readonly { digest: string }[] };
    return layers[0]?.digest ?? "";
  }

  async function loseLayer(name: string): Promise<string> {
    const digest = await layerOf(name);
    const url = `${registry.url}/v2/${name}/blobs/${digest}`;
    expect((await fetch(url, { method: "DELETE" })).status).toBe(202);
    return digest;
  }

  function host() {
    const memory = scratchFolder();
    const policy = join(memory, "policy.yaml");
    writeFileSync(policy, POLICY);
    const run = (...args: readonly string[]) => runProgram([...args, "-t", target.address], memory);
    const planFile = join(memory, "plan.json");
    const done = async (...args: readonly string[]) => {
      const ended = await run(...args);
      expect(ended).toEqual({ ...ended, code: 0 });
      return ended.stdout;
    };
    return {
      memory,
      run,
      done,
      async plan(...flags: readonly string[]): Promise<Plan> {
        await done("plan", "-p", policy, "-o", planFile, ...flags);
        return JSON.parse(readFileSync(planFile, "utf8")) as Plan;
      },
      async apply(): Promise<RunReport> {
        return JSON.parse(await done("apply", planFile, "--yes", "--json")) as RunReport;
      },
      binBytes(): number {
        const blobs = join(memory, "state/bin/blobs");
        return readdirSync(blobs, { recursive: true, encoding: "utf8" })
          .map((path) => statSync(join(blobs, path)))
          .reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
      },
    };
  }

  test("goes without the base that a registry has, and comes back whole, whether the base is here or not", async () => {
    const base = await publishBase("mixed/base");
    const names = ["apps.test/mixed:1", "apps.test/mixed:2"];
    await target.load(names.map((name) => newImage([name], base)));
    const before = await Promise.all(
      names.map(async (name) => [await target.idOf(name), await fileTree(target.engine, name)]),
    );
    const { plan, apply, done, binBytes } = host();
    const said = await done("rm", ...names, "--dry-run");
    expect(said).toContain(`with layers from ${registry.address}/mixed/base`);
    const made = await plan();
    const held = expect.stringMatching(`^${registry.address}/mixed/base@sha256:`);
    expect(made.actions.map(({ recovery }) => recovery)).toEqual(
      names.map(() =>
        expect.objectContaining({ way: "archive", layersFrom: [held], bytes: expect.any(Number) }),
      ),
    );
    expect(made.totals.archiveBytes).toBeLessThan(SMALL_BYTES);

    const { outcomes, putBy } = await apply();
    for (const { state, detail } of outcomes)
      expect({ state, detail }).toEqual({
        state: "applied",
        detail: expect.stringMatching(`, base in ${registry.address}/mixed/base$`),
      });
    expect(putBy?.addedBytes).toBeLessThan(SMALL_BYTES);
    expect(binBytes()).toBeLessThan(SMALL_BYTES);

    await target.removeName(`${registry.address}/mixed/base:1`);
    await done("undo");
    const after = await Promise.all(
      names.map(async (name) => [await target.idOf(name), await fileTree(target.engine, name)]),
    );
    expect(after).toEqual(before);
    // What was fetched for it does not stay.
    expect(binBytes()).toBeLessThan(SMALL_BYTES);
    for (const name of names) await target.removeName(name);
  });

  test("can be shown, verified, exported: what is elsewhere is said, or fetched", async () => {
    const base = await publishBase("shown/base");
    const name = "apps.test/shown:1";
    await target.load([newImage([name], base)]);
    const id = await target.idOf(name);
    const { memory, plan, apply, run, done, binBytes } = host();
    await plan();
    await apply();
    const blob = await layerOf("shown/base");
    expect(await done("bin", "list")).toContain(`rest in ${registry.address}/shown/base`);
    expect(await done("bin", "show", name)).toContain(`${registry.address}/shown/base`);
    expect(await done("bin", "verify")).toContain(`${registry.address}/shown/base`);
    const file = join(memory, "app.tar");
    await done("bin", "export", name, "-o", file);
    expect(statSync(file).size).toBeGreaterThan(BASE_BYTES);
    expect(binBytes()).toBeLessThan(SMALL_BYTES);

    await loseLayer("shown/base");
    const verified = await run("bin", "verify");
    expect(verified).toMatchObject({ code: 1, stdout: expect.stringContaining(blob) });
    const exported = await run("bin", "export", name, "-o", join(memory, "never.tar"));
    expect(exported).toMatchObject({ code: 1, stderr: expect.stringContaining(blob) });
    expect(readdirSync(memory)).not.toContain("never.tar");
    expect((await target.listIds()).has(id)).toBe(false);
    await target.removeName(`${registry.address}/shown/base:1`);
  });

  test("stays in the bin where its registry is gone, which is named with the blob", async () => {
    const base = await publishBase("gone/base", passing);
    const name = "apps.test/gone:1";
    await target.load([newImage([name], base)]);
    const id = await target.idOf(name);
    const { plan, apply, run, done } = host();
    await plan();
    await apply();
    await target.removeName(`${passing.address}/gone/base:1`);
    await passing.stop();
    const restored = await run("restore", name);
    expect(restored.code).toBe(1);
    expect(restored.stderr).toMatch(/sha256:[0-9a-f]{64}/);
    expect(restored.stderr).toContain(`${passing.address}/gone/base`);
    expect((await target.listIds()).has(id)).toBe(false);
    expect(await done("bin", "list")).toContain(name);
  });

  test("goes into the bin whole where the registry loses the layer between plan and apply", async () => {
    const base = await publishBase("lost/base");
    const name = "apps.test/lost:1";
    await target.load([newImage([name], base)]);
    const id = await target.idOf(name);
    const { plan, apply, done, binBytes } = host();
    expect((await plan()).totals.archiveBytes).toBeLessThan(SMALL_BYTES);
    await loseLayer("lost/base");
    const { outcomes } = await apply();
    expect(outcomes).toMatchObject([
      { state: "applied", detail: expect.stringMatching(/^in the recovery bin [^,]*$/) },
    ]);
    expect(binBytes()).toBeGreaterThan(BASE_BYTES);
    await target.removeName(`${registry.address}/lost/base:1`);
    await done("restore", name);
    expect(await target.idOf(name)).toBe(id);
    await target.removeName(name);
  });

  test("is put by whole where the mode says archive", async () => {
    const base = await publishBase("whole/base");
    const name = "apps.test/whole:1";
    await target.load([newImage([name], base)]);
    const { plan } = host();
    const { actions, totals } = await plan("--recovery", "archive");
    expect(actions[0]?.recovery.layersFrom).toBeUndefined();
    expect(totals.archiveBytes).toBeGreaterThan(BASE_BYTES);
    await target.removeName(name);
    await target.removeName(`${registry.address}/whole/base:1`);
  });
});
