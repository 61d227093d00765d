import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";

import { scratchFolder } from "../fakes/scratch-folder.ts";
import { packageSet } from "../harness/debian-packages.ts";
import { freeLoopbackPort } from "../harness/free-port.ts";
import { RegistryPusher } from "../harness/registry-images.ts";
import { runCommand } from "../harness/run-command.ts";
import { runProgram } from "./program.ts";

const ACCEPT =
  "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json";

const running: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of running.splice(0)) await stop();
});

/** Debian's registry under a script, as an operator may have it: `start`, `read-only`, `collect`, `stop`. */
async function startScripted() {
  const folder = scratchFolder();
  const { root } = await packageSet("docker-registry");
  const binary = join(root, "usr/bin/docker-registry");
  const address = `127.0.0.1:${await freeLoopbackPort()}`;
  mkdirSync(join(folder, "storage"));
  const configOf = (readonly: boolean) => ({
    version: "0.1",
    log: { level: "error" },
    storage: {
      filesystem: { rootdirectory: join(folder, "storage") },
      delete: { enabled: true },
      cache: { blobdescriptor: "inmemory" },
      maintenance: { readonly: { enabled: readonly } },
    },
    http: { addr: address },
  });
  // JSON is YAML.
  writeFileSync(join(folder, "config.yml"), JSON.stringify(configOf(false)));
  writeFileSync(join(folder, "read-only.yml"), JSON.stringify(configOf(true)));
  const script = join(folder, "registry.sh");
  writeFileSync(
    script,
    `set -e
cd '${folder}'
echo "$1" >> steps
end() { test ! -e pid || { kill "$(cat pid)"; while kill -0 "$(cat pid)" 2>/dev/null; do sleep 0.05; done; rm pid; }; }
serve() { end; '${binary}' serve "$1" >> log 2>&1 & echo $! > pid; }
case $1 in
  start) serve config.yml;;
  read-only) serve read-only.yml;;
  collect) shift; '${binary}' garbage-collect config.yml "$@" >> log 2>&1;;
  stop) end;;
esac
`,
  );
  const run = (word: string) => runCommand("sh", [script, word]);
  running.push(() => run("stop"));
  await run("start");
  const url = `http://${address}`;
  await expect
    .poll(() =>
      fetch(`${url}/v2/`).then(
        ({ status }) => status,
        () => 0,
      ),
    )
    .toBe(200);
  const command = (words: string): string => `sh ${script} ${words}`;
  return {
    url,
    target: `registry://${address}`,
    command,
    steps: () => readFileSync(join(folder, "steps"), "utf8").trim().split("\n").slice(1),
    hasBlob: (digest: string) =>
      existsSync(
        join(
          folder,
          "storage/docker/registry/v2/blobs/sha256",
          digest.slice(7, 9),
          digest.slice(7),
        ),
      ),
  };
}

type Scripted = Awaited<ReturnType<typeof startScripted>>;

function collect(
  { target, command }: Scripted,
  collectWords = "collect",
  restart = "start",
): ReturnType<typeof runProgram> {
  return runProgram(
    [
      "registry",
      "gc",
      "-t",
      target,
      "--yes",
      "--json",
      "--read-only",
      command("read-only"),
      "--collect",
      command(collectWords),
      "--restart",
      command(restart),
    ],
    scratchFolder(),
  );
}

/** An index of two platforms, one image, and one that was deleted. */
async function fill({ url }: Scripted) {
  const pusher = new RegistryPusher(url);
  const amd = await pusher.image("app", { architecture: "amd64" });
  const arm = await pusher.image("app", { architecture: "arm64" });
  await pusher.index(
    "app",
    [
      { ...amd, architecture: "amd64" },
      { ...arm, architecture: "arm64" },
    ],
    { tag: "multi" },
  );
  await pusher.image("app", { tag: "single" });
  const gone = await pusher.image("app", { tag: "gone" });
  const deleted = await fetch(`${url}/v2/app/manifests/${gone.digest}`, { method: "DELETE" });
  expect(deleted.status).toBe(202);
  return { pusher, arm, gone };
}

test("read-only, collect, restart, verify: what was deleted is free, and all that is kept is whole", async () => {
  const registry = await startScripted();
  const { pusher, arm, gone } = await fill(registry);
  expect(registry.hasBlob(gone.digest)).toBe(true);
  const { code, stdout, stderr } = await collect(registry);
  expect(stderr).not.toContain("error:");
  expect(JSON.parse(stdout)).toMatchObject({
    state: "whole",
    tags: 2,
    images: 4,
    damaged: [],
    damagedBefore: [],
  });
  expect(code).toBe(0);
  expect(registry.steps()).toEqual(["read-only", "collect", "start"]);
  expect(registry.hasBlob(gone.digest)).toBe(false);
  expect(await pusher.statusOf(`/v2/app/manifests/${arm.digest}`, ACCEPT)).toBe(200);
  await pusher.image("app", { tag: "writable-again" });
});

test("a collection that takes what is kept is told", async () => {
  const registry = await startScripted();
  const { arm } = await fill(registry);
  // The flag as only a shell sees it.
  const { code, stdout } = await collect(registry, "collect --delete-''untagged");
  const report = JSON.parse(stdout) as { state: string; damaged: readonly string[] };
  expect(report.state).toBe("damaged");
  expect(report.damaged).toContain(`app@${arm.digest} is not there any more`);
  expect(code).toBe(1);
});

test("--delete-untagged is refused where there is an index, before anything is done", async () => {
  const registry = await startScripted();
  await fill(registry);
  const { code, stderr } = await collect(registry, "collect --delete-untagged");
  expect(code).toBe(2);
  expect(stderr).toContain("would break images here");
  expect(registry.steps()).toEqual([]);
});

test("a collection that fails leaves the registry as it was, running and writable", async () => {
  const registry = await startScripted();
  const { pusher } = await fill(registry);
  const { code, stdout } = await collect({
    ...registry,
    command: (words) => (words === "collect" ? "exit 7" : registry.command(words)),
  });
  expect(JSON.parse(stdout)).toMatchObject({ state: "failed", failure: { step: "collect" } });
  expect(code).toBe(1);
  expect(registry.steps()).toEqual(["read-only", "start"]);
  await pusher.image("app", { tag: "writable-again" });
});

test("without commands it says what to do, and warns of the flag", async () => {
  const registry = await startScripted();
  await fill(registry);
  const { code, stdout } = await runProgram(
    ["registry", "gc", "-t", registry.target],
    scratchFolder(),
  );
  expect(code).toBe(0);
  expect(stdout).toContain("Never with --delete-untagged");
  expect(registry.steps()).toEqual([]);
});
