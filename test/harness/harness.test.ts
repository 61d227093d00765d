import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { request, type RequestOptions } from "node:https";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { killContainer, removeContainer } from "./containers.ts";
import { controlGroupsOf } from "./control-groups.ts";
import { callApi, callApiJson } from "./engine-api.ts";
import { enginesToTest } from "./engine-kinds.ts";
import { startEngine } from "./engines.ts";
import { imageStoreUsage } from "./image-store-usage.ts";
import { mixedScenario } from "./mixed-scenario.ts";
import { mountsBelow } from "./mounts.ts";
import { processesOf } from "./processes.ts";
import { startRegistry } from "./registry.ts";
import { runCommand } from "./run-command.ts";
import { createScratchFolder, discardScratchFolder } from "./scratch-folder.ts";
import { runSeed } from "./seeded-random.ts";

const seed = runSeed();
const kinds = enginesToTest();

describe.each(kinds)("%s", (kind) => {
  it("fills an engine with the mixed scenario and leaves nothing behind", async () => {
    const registry = await startRegistry();
    const engine = await startEngine(kind, { insecureRegistries: [registry.address] });
    let bridge = "";
    let controlGroups: readonly string[] = [];
    try {
      const { images, containers, networks } = await mixedScenario(engine, { seed, registry });

      bridge = `br-${networks.unused.slice(0, 12)}`;
      const listed = await callApiJson<{ Id: string }[]>(engine, "GET", "/images/json?all=1");
      expect(listed.map(({ Id }) => Id)).toEqual(expect.arrayContaining(Object.values(images)));
      const states = await callApiJson<{ Id: string; State: string }[]>(
        engine,
        "GET",
        "/containers/json?all=1",
      );
      const stateOf = new Map(states.map(({ Id, State }) => [Id, State]));
      expect(stateOf.get(containers.running ?? "")).toBe("running");
      expect(stateOf.get(containers.moved ?? "")).toBe("running");
      expect(stateOf.get(containers.exited ?? "")).toBe("exited");
      expect(stateOf.get(containers.created ?? "")).toBe("created");
      expect((await callApi(engine, "GET", `/networks/${networks.unused}`)).status).toBe(200);
      expect(imageStoreUsage(engine).layersBytes).toBeGreaterThan(30_000_000);
      controlGroups = controlGroupsOf(engine.folder);
      expect(controlGroups).not.toEqual([]);
      const exited = containers.exited ?? "";
      const running = containers.running ?? "";
      await killContainer(engine, running);
      for (const id of [exited, running]) {
        await removeContainer(engine, id);
        expect((await callApi(engine, "GET", `/containers/${id}/json`)).status).toBe(404);
      }
      expect(await runCommand("docker", ["ps", "--quiet"], { env: engine.cliEnv })).not.toBe("");
    } finally {
      await engine.stop();
      await registry.stop();
    }
    expect(existsSync(engine.folder)).toBe(false);
    expect(mountsBelow(engine.folder)).toEqual([]);
    expect(processesOf(engine.folder)).toEqual([]);
    expect(readdirSync("/sys/class/net")).not.toContain(bridge);
    expect(controlGroups.filter((group) => existsSync(group))).toEqual([]);
  });

  it("keeps its data over a hard stop", async () => {
    const engine = await startEngine(kind);
    try {
      const { Name } = await callApiJson<{ Name: string }>(engine, "POST", "/volumes/create", {
        Name: "kept",
      });
      await engine.stopHard();
      await engine.restart();
      expect((await callApi(engine, "GET", `/volumes/${Name}`)).status).toBe(200);
    } finally {
      await engine.stop();
    }
  });
});

const docker = kinds.find((kind) => kind.startsWith("docker"));

describe.runIf(docker !== undefined)("TLS", () => {
  it("answers clients with a certificate, and only them", async () => {
    const engine = await startEngine(docker ?? "docker-latest", { tls: true });
    try {
      const { host = "", caFile = "", certFile = "", keyFile = "" } = engine.tls ?? {};
      const url = `${host.replace("tcp:", "https:")}/_ping`;
      const ca = readFileSync(caFile);
      const identity = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
      expect(await statusOf(url, { ca, ...identity })).toBe(200);
      await expect(statusOf(url, { ca })).rejects.toThrow(/certificate required|bad certificate/);
      await expect(statusOf(url, identity)).rejects.toThrow("unable to verify");
    } finally {
      await engine.stop();
    }
  });
});

describe.runIf(docker !== undefined)("an owner that is killed", () => {
  it("takes its engine with it, and the next run clears its folder away", async () => {
    const startAndWait = `
      import { startEngine } from ${JSON.stringify(join(import.meta.dirname, "engines.ts"))};
      console.log((await startEngine(${JSON.stringify(docker)})).folder);
      setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ["--input-type=module", "--eval", startAndWait], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const folder = await new Promise<string>((resolve) =>
      owner.stdout.once("data", (data: Buffer) => resolve(data.toString("utf8").trim())),
    );
    expect(processesOf(folder)).not.toEqual([]);
    owner.kill("SIGKILL");
    await expect.poll(() => processesOf(folder)).toEqual([]);
    await discardScratchFolder(createScratchFolder());
    expect(existsSync(folder)).toBe(false);
  });
});

function statusOf(url: string, options: RequestOptions): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = request(url, options, (response) => {
      response.resume();
      response.once("error", reject);
      resolve(response.statusCode);
    });
    call.once("error", reject);
    call.end();
  });
}
