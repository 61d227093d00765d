import { chmodSync, copyFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { DOCKER_VERSION, ScriptedEngine } from "../fakes/scripted-engine.ts";
import { installNodeProgram } from "../fixtures/node-program.ts";
import { enginesToTest } from "../harness/engine-kinds.ts";
import { makeTlsCertificates } from "../harness/tls-certificates.ts";
import { expectGone, newImage, noteImages } from "./contract-images.ts";
import { startEngineTarget, type EngineTarget } from "./engine-target.ts";
import { noWarning, runProgram } from "./program.ts";

const SOCKET_MODE = 0o660;
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
