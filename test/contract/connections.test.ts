import { createHash } from "node:crypto";
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { DOCKER_VERSION, ScriptedEngine } from "../fakes/scripted-engine.ts";
import { installNodeProgram } from "../fixtures/node-program.ts";
import { enginesToTest } from "../harness/engine-kinds.ts";
import { REGISTRY_USER, startRegistry } from "../harness/registry.ts";
import { makeTlsCertificates } from "../harness/tls-certificates.ts";
import { expectGone, newImage, noteImages } from "./contract-images.ts";
import { startEngineTarget, type EngineTarget } from "./engine-target.ts";
import { noWarning, runProgram } from "./program.ts";

const SOCKET_MODE = 0o660;

function writeJsonIn(folder: string, name: string, value: object): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), JSON.stringify(value));
}

const PRUNE = ["prune", "--all", "--force", "--beyond-limits", "--no-recovery", "--json"];

test("an engine older than 20.10 is refused", async () => {
  const old = await ScriptedEngine.start(() => [], {
    ...DOCKER_VERSION,
    Version: "19.03.15",
    ApiVersion: "1.40",
  });
  const address = old.endpoint.kind === "unix" ? `unix://${old.endpoint.socketPath}` : "";
  const { code, stdout, stderr } = await runProgram([...PRUNE, "-t", address], scratchFolder());
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/too old[^]*1\.40[^]*20\.10/);
  expect(old.requests).toEqual([]);
});

test("no engine at the address", async () => {
  const address = `unix://${join(scratchFolder(), "nobody.sock")}`;
  const { code, stderr } = await runProgram(["plan", "-t", address], scratchFolder());
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(address) });
});

const [docker] = enginesToTest(["docker-latest"]);

describe.runIf(docker !== undefined)("a real engine", () => {
  let target: EngineTarget;
  beforeAll(async () => {
    target = await startEngineTarget("docker-latest", { tls: true });
    await target.load([newImage(["images.test/there:1"])]);
  });
  afterAll(() => target.stop());

  test("no permission on its socket", async () => {
    const { socketPath } = target.engine;
    const before = await noteImages(target);
    chmodSync(socketPath, 0);
    onTestFinished(() => chmodSync(socketPath, SOCKET_MODE));
    const { code, stderr } = await runProgram([...PRUNE, "-t", target.address], scratchFolder(), {
      without: ["dac_override", "dac_read_search"],
    });
    chmodSync(socketPath, SOCKET_MODE);
    expect(code).toBe(1);
    expect(stderr).toContain(`may not use the engine at ${target.address}`);
    await expectGone(target, before, []);
  });

  test.each(["another authority", "no certificate of its own"])(
    "TLS with %s: no request is made",
    async (wrong) => {
      const { host = "", caFile = "" } = target.engine.tls ?? {};
      const folder = scratchFolder();
      if (wrong === "another authority") await makeTlsCertificates(folder);
      else copyFileSync(caFile, join(folder, "ca.pem"));
      const before = await noteImages(target);
      const { code, stdout, stderr } = await runProgram([...PRUNE, "-t", host], scratchFolder(), {
        env: { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: folder },
      });
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toContain(host);
      expect(stderr).toMatch(/certificate/);
      await expectGone(target, before, []);
    },
  );

  test("TLS that verifies", async () => {
    const { host = "", certFile = "" } = target.engine.tls ?? {};
    await target.load([newImage(["images.test/over-tls:1"])]);
    const env = { DOCKER_HOST: host, DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: dirname(certFile) };
    const args = ["rm", "--yes", "images.test/over-tls:1"];
    expect(await runProgram(args, scratchFolder(), { env })).toMatchObject({
      code: 0,
      stderr: noWarning(),
    });
    expect(await target.listNames()).toEqual(["images.test/there:1"]);
  });

  test("the current docker context, with its own TLS material", async () => {
    const { host = "", caFile = "", certFile = "", keyFile = "" } = target.engine.tls ?? {};
    const memory = scratchFolder();
    const folder = join(memory, "docker");
    const id = createHash("sha256").update("build").digest("hex");
    const meta = { Name: "build", Metadata: {}, Endpoints: { docker: { Host: host } } };
    writeJsonIn(join(folder, "contexts/meta", id), "meta.json", meta);
    writeJsonIn(folder, "config.json", { currentContext: "build" });
    const material = join(folder, "contexts/tls", id, "docker");
    mkdirSync(material, { recursive: true });
    for (const [name, file] of Object.entries({ ca: caFile, cert: certFile, key: keyFile }))
      copyFileSync(file, join(material, `${name}.pem`));
    const { code, stdout, stderr } = await runProgram(["inventory"], memory, {
      env: { DOCKER_HOST: "" },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: noWarning() });
    expect(JSON.parse(stdout)).toMatchObject({
      target: { name: "build", address: host },
      images: [{ references: ["images.test/there:1"] }],
    });
  });

  test("tag, push and pull, with what docker knows of a registry's password", async () => {
    const registry = await startRegistry({ basicAuth: true });
    onTestFinished(() => registry.stop());
    const { address } = registry;
    const name = `${address}/team/there:1`;
    const { username, password } = REGISTRY_USER;
    const memory = scratchFolder();
    const programs = scratchFolder();
    const answer = JSON.stringify({ Username: username, Secret: password });
    installNodeProgram(
      programs,
      "docker-credential-test",
      `console.log(${JSON.stringify(answer)})`,
    );
    const env = { PATH: `${programs}${delimiter}${process.env["PATH"]}` };
    const run = (...args: string[]) => runProgram([...args, "-t", target.address], memory, { env });

    expect(await run("tag", "images.test/there:1", name)).toMatchObject({ code: 0 });
    const refused = await run("push", name);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(/no basic auth credentials|denied|unauthorized/);

    const config = join(memory, "docker");
    writeJsonIn(config, "config.json", { credHelpers: { [address]: "test" } });
    const pushed = await run("push", name);
    expect(pushed).toMatchObject({ code: 0, stderr: noWarning() });
    expect(pushed.stdout).toMatch(/^Pushed \S+ \(sha256:[a-f0-9]{64}\)$/m);
    expect(await run("push", `${address}/team/nosuch:1`)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/No such image: .*plimsoll images lists what is there/s),
    });

    await target.removeName(name);
    const auth = Buffer.from(`${username}:${password}`).toString("base64");
    writeJsonIn(config, "config.json", { auths: { [address]: { auth } } });
    expect(await run("pull", name)).toMatchObject({ code: 0, stderr: noWarning() });
    expect(await target.listNames()).toContain(name);
    await target.removeName(name);
  });

  test("SSH: through whatever ssh is on the PATH", async () => {
    await target.load([newImage(["images.test/over-ssh:1"])]);
    const folder = scratchFolder();
    const bridge = `
const socket = require("node:net").connect(${JSON.stringify(target.engine.socketPath)});
process.stdin.pipe(socket).pipe(process.stdout);
socket.on("close", () => process.exit(0));
`;
    installNodeProgram(folder, "ssh", bridge);
    const env = { PATH: `${folder}${delimiter}${process.env["PATH"]}` };
    const args = ["rm", "--yes", "--target", "ssh://me@build.test", "images.test/over-ssh:1"];
    expect(await runProgram(args, scratchFolder(), { env })).toMatchObject({
      code: 0,
      stderr: noWarning(),
    });
    expect(await target.listNames()).toEqual(["images.test/there:1"]);
  });
});
