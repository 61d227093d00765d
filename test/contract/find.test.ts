import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { enginesToTest } from "../harness/engine-kinds.ts";
import { pullImage, pushImage } from "../harness/registry-transfer.ts";
import { REGISTRY_USER, startRegistry, type RunningRegistry } from "../harness/registry.ts";
import { newImage } from "./contract-images.ts";
import { startEngineTarget, type EngineTarget } from "./engine-target.ts";
import { runProgram } from "./program.ts";

interface Found {
  readonly place: { readonly kind: string; readonly name: string };
  readonly reference?: string;
  readonly digest: string;
  readonly platforms: readonly string[];
  readonly createdAt?: string;
  readonly removedAt?: string;
  readonly command?: string;
}

/** On a machine that is busy with other things an engine answers late. */
const PATIENT = ["--timeout", "2m"] as const;

describe.each(enginesToTest())("%s", (kind) => {
  let registry: RunningRegistry;
  let closed: RunningRegistry;
  let target: EngineTarget;
  beforeAll(async () => {
    registry = await startRegistry();
    closed = await startRegistry({ basicAuth: true });
    target = await startEngineTarget(kind, { insecureRegistries: [registry.address] });
  });
  afterAll(async () => {
    await target.stop();
    await registry.stop();
    await closed.stop();
  });

  /** Logged in to `closed` only by name, as after a logout: its credentials are wrong. */
  function host() {
    const memory = scratchFolder();
    mkdirSync(join(memory, "docker"));
    const auth = Buffer.from(`${REGISTRY_USER.username}:wrong`).toString("base64");
    const auths = { [closed.address]: { auth }, [registry.address]: {} };
    writeFileSync(join(memory, "docker", "config.json"), JSON.stringify({ auths }));
    const run = (...args: readonly string[]) =>
      runProgram([...args], memory, { env: { DOCKER_HOST: target.address } });
    return {
      run,
      async find(...args: readonly string[]) {
        const { code, stdout, stderr } = await run("find", ...args, "--json", "--no-search");
        if (stdout === "") expect.unreachable(stderr);
        const answer = JSON.parse(stdout) as {
          found: readonly Found[];
          silent: readonly { place: { name: string }; detail: string }[];
        };
        return { code, ...answer };
      },
    };
  }

  test("an image is found in the bin, on the engine and in the registry", async () => {
    const name = (tag: string) => `${registry.address}/find/app:${tag}`;
    await target.load([newImage([name("1")]), newImage([name("2")])]);
    for (const tag of ["1", "2"]) await pushImage(target.engine, name(tag));
    await pullImage(target.engine, name("1"));
    const { run, find } = host();
    const id = await target.idOf(name("2"));
    const gone = await run("rm", name("2"), "--yes", "--recovery", "archive");
    expect(gone).toMatchObject({ code: 0 });

    const { code, found, silent } = await find("find/app", ...PATIENT);
    expect(code).toBe(0);
    const rows = found.map(({ place, reference }) => `${place.kind} ${reference}`).toSorted();
    expect(rows).toEqual([
      `bin ${name("2")}`,
      `engine ${name("1")}`,
      `registry ${name("1")}`,
      `registry ${name("2")}`,
    ]);
    const inRegistry = found.find((each) => each.place.kind === "registry");
    expect(inRegistry).toMatchObject({ platforms: ["linux/amd64"], createdAt: expect.any(String) });
    expect(found.find((each) => each.place.kind === "bin")?.removedAt).toEqual(expect.any(String));
    expect(silent.map(({ place }) => place.name)).toContain(closed.address);

    const byId = await find(id.slice(7, 19), ...PATIENT);
    expect(byId.found.map(({ place }) => place.kind)).toContain("bin");
    const globbed = await find(`${registry.address}/find/*:[2-9]`, ...PATIENT);
    expect(globbed.found.map(({ reference }) => reference)).toEqual([name("2"), name("2")]);
    expect(globbed.silent).toEqual([]);

    const [command = ""] = globbed.found.flatMap((each) =>
      each.place.kind === "bin" ? (each.command ?? []) : [],
    );
    expect(await run(...command.split(" ").slice(1))).toMatchObject({ code: 0 });
    expect(await target.idOf(name("2"))).toBe(id);
  });

  test("nowhere, with everybody who gave no answer", async () => {
    const { code, found, silent } = await host().find("nothing/there:1", "--timeout", "5s");
    expect({ code, found }).toEqual({ code: 1, found: [] });
    expect(silent.map(({ place }) => place.name)).toContain(closed.address);
    for (const { detail } of silent) expect(detail).not.toBe("");
  });
});
