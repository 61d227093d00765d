import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Action, Plan } from "../../src/plan/plan.ts";
import type { RunReport } from "../../src/operations/run-report.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { callApiStream, queryString } from "../harness/engine-api.ts";
import { enginesToTest, runsAsRoot } from "../harness/engine-kinds.ts";
import { repositoryAndTag } from "../harness/build-images.ts";
import { randomLayer } from "../harness/image-layer.ts";
import { pullImage, pushImage } from "../harness/registry-transfer.ts";
import { REGISTRY_USER, startRegistry, type RunningRegistry } from "../harness/registry.ts";
import { runCommand } from "../harness/run-command.ts";
import { newImage, newLayer, random } from "./contract-images.ts";
import { startEngineTarget, type EngineTarget } from "./engine-target.ts";
import { runProgram, startProgram } from "./program.ts";

type Report = RunReport & { readonly actions: readonly Action[] };

describe.each(enginesToTest())("%s", (kind) => {
  let registry: RunningRegistry;
  let closed: RunningRegistry;
  let target: EngineTarget;
  beforeAll(async () => {
    registry = await startRegistry();
    closed = await startRegistry({ basicAuth: true });
    const insecureRegistries = [registry.address, closed.address];
    target = await startEngineTarget(kind, { insecureRegistries });
  });
  afterAll(async () => {
    await target.stop();
    await registry.stop();
    await closed.stop();
  });

  async function load(...names: readonly string[]): Promise<void> {
    await target.load(names.map((name) => newImage([name])));
  }

  /** Loads an image, pushes it, and lets the engine know what the registry calls it. */
  async function publish(name: string): Promise<void> {
    await load(name);
    await pushImage(target.engine, name);
    await pullImage(target.engine, name);
  }

  /** Takes a layer out of a repository, as a registry's own garbage collection may. */
  async function loseLayer(name: string): Promise<void> {
    const { repo, tag } = repositoryAndTag(name);
    const path = repo.slice(repo.indexOf("/") + 1);
    const accept = [
      "application/vnd.oci.image.manifest.v1+json",
      "application/vnd.docker.distribution.manifest.v2+json",
    ].join(", ");
    const url = `${registry.url}/v2/${path}`;
    const answer = await fetch(`${url}/manifests/${tag}`, { headers: { accept } });
    const { layers } = (await answer.json()) as { layers: readonly { digest: string }[] };
    const gone = await fetch(`${url}/blobs/${layers[0]?.digest}`, { method: "DELETE" });
    expect(gone.status).toBe(202);
  }

  function host() {
    const memory = scratchFolder();
    const run = (...args: readonly string[]) => runProgram([...args, "-t", target.address], memory);
    const planFile = join(memory, "plan.json");
    const policyFile = join(memory, "policy.yaml");
    return {
      memory,
      run,
      async plan(pattern: string, recovery = "{ mode: auto }", ...flags: string[]): Promise<Plan> {
        const rule = `{ name: all, match: { reference: "${pattern}" }, keep: { none: true } }`;
        const text = `version: 1\nimages: [${rule}]\nrecovery: ${recovery}\nlimits: { wholeRepositories: allow }\n`;
        writeFileSync(policyFile, text);
        const { code, stderr } = await run("plan", "-p", policyFile, "-o", planFile, ...flags);
        expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
        return JSON.parse(readFileSync(planFile, "utf8")) as Plan;
      },
      async apply(): Promise<Report> {
        const { stdout, stderr, code } = await run("apply", planFile, "--yes", "--json");
        expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
        return JSON.parse(stdout) as Report;
      },
      async undo(): Promise<number | undefined> {
        const { code, stdout, stderr } = await run("undo", "--json");
        if (code !== 0) expect.unreachable(stdout + stderr);
        return code;
      },
      async inBin(): Promise<readonly string[]> {
        const { stdout } = await run("bin", "list", "--json");
        const found = stdout.matchAll(/"([\w.:/-]+:\d+)"/g);
        return [...found].map(([, name = ""]) => name);
      },
    };
  }

  const waysOf = (plan: Plan): Readonly<Record<string, string>> =>
    Object.fromEntries(
      plan.actions.map(({ references, recovery }) => [
        references[0]?.replace(/^.*\//, "") ?? "",
        recovery.way,
      ]),
    );

  test("each image by the cheapest way that there is", async () => {
    const name = (of: string) => `${registry.address}/ways/${of}:1`;
    await publish(name("held"));
    await publish(name("lost"));
    await loseLayer(name("lost"));
    await load(name("mine"));
    const ids = new Map<string, string>();
    for (const of of ["held", "lost", "mine"]) ids.set(of, await target.idOf(name(of)));
    const { plan, apply, inBin, undo } = host();
    const made = await plan("**/ways/*");
    expect(waysOf(made)).toEqual({
      "held:1": "registry",
      "lost:1": "archive",
      "mine:1": "archive",
    });
    expect(made.totals.archiveBytes).toBeGreaterThan(0);
    const archived = made.actions.reduce((sum, { recovery }) => sum + (recovery.bytes ?? 0), 0);
    expect(archived).toBe(made.totals.archiveBytes);

    const report = await apply();
    expect(report.putBy).toMatchObject({ images: 2, location: expect.stringContaining("bin") });
    const byWay = Map.groupBy(report.outcomes, ({ index }) => made.actions[index]?.recovery.way);
    for (const { detail } of byWay.get("archive") ?? [])
      expect(detail).toMatch(/^in the recovery bin \//);
    for (const { detail } of byWay.get("registry") ?? [])
      expect(detail).toMatch(/\/ways\/held@sha256:/);
    const found = await inBin();
    for (const of of ["lost", "mine"]) expect(found).toContain(name(of));
    expect(found).not.toContain(name("held"));
    // A pull by digest leaves that name as well on some engines.
    const left = async () =>
      (await target.listNames()).filter((each) => /\/ways\/[^@]*$/.test(each)).toSorted();
    expect(await left()).toEqual([]);
    expect(await undo()).toBe(0);
    expect(await left()).toEqual(["held", "lost", "mine"].map(name));
    for (const of of ["held", "lost", "mine"]) {
      expect(await target.idOf(name(of))).toBe(ids.get(of));
      await target.removeName(name(of));
    }
  });

  test("what a registry loses between plan and apply goes into the bin after all", async () => {
    const name = `${registry.address}/losing/app:1`;
    await publish(name);
    const { plan, apply, inBin } = host();
    expect(waysOf(await plan("**/losing/*"))).toEqual({ "app:1": "registry" });
    await loseLayer(name);
    const report = await apply();
    expect(report.outcomes).toMatchObject([
      { state: "applied", detail: expect.stringMatching(/^in the recovery bin /) },
    ]);
    expect(await inBin()).toContain(name);
  });

  test("a registry that does not let us look is no way back", async () => {
    const name = `${closed.address}/secret/app:1`;
    await load(name);
    const auth = { ...REGISTRY_USER, serveraddress: closed.address };
    const headers = { "x-registry-auth": Buffer.from(JSON.stringify(auth)).toString("base64") };
    const { repo, tag } = repositoryAndTag(name);
    const push = `/images/${repo}/push${queryString({ tag })}`;
    await callApiStream(target.engine, "POST", push, { headers });
    const pull = `/images/create${queryString({ fromImage: name })}`;
    await callApiStream(target.engine, "POST", pull, { headers });

    const { plan, memory } = host();
    expect(waysOf(await plan("**/secret/*"))).toEqual({ "app:1": "archive" });
    const { username, password } = REGISTRY_USER;
    const config = {
      auths: {
        [closed.address]: { auth: Buffer.from(`${username}:${password}`).toString("base64") },
      },
    };
    mkdirSync(join(memory, "docker"), { recursive: true });
    writeFileSync(join(memory, "docker/config.json"), JSON.stringify(config));
    expect(waysOf(await plan("**/secret/*"))).toEqual({ "app:1": "registry" });
    await target.removeName(name);
  });

  test("a backup that cannot be pushed is put into the bin instead", async () => {
    const name = "denied.test/app:1";
    await load(name);
    const id = await target.idOf(name);
    const { plan, apply, inBin, undo } = host();
    const repository = `${closed.address}/backups/of-this-host`;
    const made = await plan("denied.test/*", `{ mode: auto, backup: "${repository}" }`);
    expect(made.actions.map(({ recovery }) => recovery)).toMatchObject([
      { way: "backup", otherwise: "archive" },
    ]);
    const { outcomes } = await apply();
    const detail = expect.stringMatching(/^in the recovery bin .*; the backup failed: /);
    expect(outcomes).toMatchObject([{ state: "applied", detail }]);
    expect(await inBin()).toEqual([name]);
    expect(await undo()).toBe(0);
    expect(await target.idOf(name)).toBe(id);
    expect((await target.listNames()).filter((each) => each.includes("/backups/"))).toEqual([]);
    await target.removeName(name);
  });

  test("a backup is pushed, asked for, and the same image when it is pulled", async () => {
    const name = "backup.test/app:1";
    await target.load([newImage([name, "backup.test/app:also"])]);
    const id = await target.idOf(name);
    const { plan, apply, inBin, undo } = host();
    const repository = `${registry.address}/backups/of-this-host`;
    const made = await plan("backup.test/**", `{ mode: backup, backup: "${repository}" }`);
    expect(made.actions.map(({ recovery }) => recovery)).toMatchObject([
      {
        way: "backup",
        estimatedMs: expect.any(Number),
        detail: `${repository}:${id.replace(":", "-")}`,
      },
    ]);
    const report = await apply();
    expect(report.outcomes).toMatchObject([{ state: "applied" }]);
    const pulled = report.outcomes[0]?.detail ?? "";
    expect(pulled).toMatch(new RegExp(`^${repository}@sha256:`));
    expect((await target.listIds()).has(id)).toBe(false);
    expect(await inBin()).toEqual([]);
    expect(await undo()).toBe(0);
    expect(await target.idOf(name)).toBe(id);
    expect(await target.idOf("backup.test/app:also")).toBe(id);
    await runProgram(["rm", id, "-t", target.address, "--yes", "--no-recovery"], scratchFolder());
  });

  test("an image with the same layer twice goes into the bin like any other", async () => {
    const twice = newLayer();
    const name = "repeated.test/app:1";
    await target.load([newImage([name], [twice, newLayer(), twice])]);
    const { plan } = host();
    expect(waysOf(await plan("repeated.test/*"))).toEqual({ "app:1": "archive" });
    const recorded = await plan("repeated.test/*", "{ mode: auto }", "--recovery", "record");
    expect(waysOf(recorded)).toEqual({ "app:1": "record" });
    await target.removeName(name);
  });

  // Before API 1.48 nothing tells an index from an image: it stays for the save that fails.
  test.runIf(kind === "docker-latest-containerd")(
    "an index without this machine's content stays, unless a registry has what is here",
    async () => {
      const name = `${registry.address}/foreign/app:1`;
      const otherPlatforms = { "linux/s390x": [newLayer()] };
      await target.load([newImage([name], [], { otherPlatforms })]);
      await pushImage(target.engine, name);
      await target.removeName(name);
      const query = queryString({ fromImage: name, platform: "linux/s390x" });
      const headers = { "x-registry-auth": Buffer.from("{}").toString("base64") };
      await callApiStream(target.engine, "POST", `/images/create${query}`, { headers });

      const { plan } = host();
      expect(waysOf(await plan("**/foreign/*"))).toEqual({ "app:1": "registry" });
      const { actions, kept } = await plan("**/foreign/*", "{ mode: archive }");
      expect(actions).toEqual([]);
      const detail = expect.stringMatching(/for this machine .* only that for s390x/);
      const reasons = [{ rule: "no-way-back", detail }];
      expect(kept).toContainEqual(expect.objectContaining({ references: [name], reasons }));
      await target.removeName(name);
    },
  );

  // Docker 26's containerd store lets go of an image when a load gives its name to another one.
  const keepsNameless = kind !== "docker-26.1-containerd";
  test.runIf(keepsNameless)(
    "what has lost its name goes into the bin where the policy says so",
    async () => {
      const name = "renamed.test/app:1";
      await load(name);
      const id = await target.idOf(name);
      await load(name);
      const { memory, run } = host();
      const policyFile = join(memory, "dangling.yaml");
      const rule = "{ name: nameless, match: { state: dangling }, keep: { none: true } }";
      writeFileSync(policyFile, `version: 1\nimages: [${rule}]\nrecovery: { mode: archive }\n`);
      const { stdout } = await run("apply", "-p", policyFile, "--yes", "--beyond-limits", "--json");
      const report = JSON.parse(stdout) as Report;
      expect(report.outcomes.map(({ state, detail }) => ({ state, detail }))).toEqual([
        { state: "applied", detail: expect.stringMatching(/^in the recovery bin /) },
      ]);
      expect(report.actions.map(({ subject }) => subject)).toEqual([id]);
      await target.removeName(name);
    },
  );

  test("Ctrl-C while an image is put by leaves it where it is", async () => {
    const name = "stopped.test/app:1";
    const layers = Array.from({ length: 4 }, () =>
      randomLayer(random, { files: 1, fileBytes: 15_000_000 }),
    );
    await target.load([{ references: [name], layers }]);
    const { memory, inBin } = host();
    const args = ["rm", name, "--yes", "--json", "-t", target.address];
    const { child, ended } = startProgram(args, memory);
    const blobs = join(memory, "state/bin/blobs/sha256");
    await expect
      .poll(() => existsSync(blobs) && readdirSync(blobs).length, { interval: 5 })
      .toBeGreaterThan(0);
    child.kill("SIGINT");
    const { code, stdout } = await ended;
    expect(code).toBe(130);
    expect((JSON.parse(stdout) as Report).outcomes).toMatchObject([
      { state: "skipped", detail: "stopped" },
    ]);
    expect(await target.listNames()).toContain(name);
    expect(await inBin()).toEqual([]);
    // What was begun is no obstacle: the next one takes it up.
    const next = await runProgram(args, memory);
    expect(next.code).toBe(0);
    expect(await inBin()).toEqual([name]);
  });

  test.runIf(runsAsRoot())("a bin without room is refused before anything", async () => {
    const name = "roomless.test/app:1";
    await load(name);
    const { memory, run } = host();
    const small = join(memory, "small");
    mkdirSync(small);
    await runCommand("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", small]);
    try {
      const planned = await run("rm", name, "--dry-run", "--json", "--bin", join(small, "bin"));
      const { plan } = JSON.parse(planned.stdout) as { plan: Plan };
      expect(plan.exceeds).toMatchObject([
        { limit: "archive", detail: expect.stringContaining(`${small}/bin has `) },
      ]);
      const refused = await run(
        "rm",
        name,
        "--yes",
        "--beyond-limits",
        "--bin",
        join(small, "bin"),
      );
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("--no-recovery") });
      expect(readdirSync(small)).toEqual([]);
      expect(await target.listNames()).toContain(name);
      expect((await run("rm", name, "--yes", "--bin", join(memory, "roomy"))).code).toBe(0);
      expect(existsSync(join(memory, "roomy/index.json"))).toBe(true);
    } finally {
      await runCommand("umount", [small]);
    }
  });

  test("by default also what is named for removal comes back, and --no-recovery says otherwise", async () => {
    await load("named.test/app:1", "named.test/app:2");
    const { run, inBin } = host();
    const kept = await run("rm", "named.test/app:1", "--yes");
    expect(kept.stdout).toContain("Comes back: 1 from the bin");
    expect(kept.stdout).toMatch(/In the bin 1 image, .* more there/);
    const lost = await run("rm", "named.test/app:2", "--yes", "--no-recovery");
    expect(lost.stdout).toContain("Comes back: 1 not at all");
    expect(await inBin()).toEqual(["named.test/app:1"]);
    expect((await target.listNames()).filter((name) => name.startsWith("named.test/"))).toEqual([]);
  });
});
