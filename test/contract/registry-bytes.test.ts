import { randomBytes } from "node:crypto";
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import type { Plan } from "../../src/plan/plan.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { packageSet } from "../harness/debian-packages.ts";
import { RegistryPusher } from "../harness/registry-images.ts";
import { startRegistry, type RunningRegistry } from "../harness/registry.ts";
import { runCommand } from "../harness/run-command.ts";
import { runProgram } from "./program.ts";

interface Usage {
  readonly totalBytes: number;
  readonly plans: readonly { readonly preset: string; readonly freesBytes: number }[];
  readonly repositories: readonly {
    readonly repository: string;
    readonly sizeBytes: number;
    readonly sharedBytes: number;
    readonly exclusiveBytes: number;
    readonly removableBytes: number;
  }[];
}

const BASE_BYTES = 50_000;

let registry: RunningRegistry;
let memory: string;
let policy: string;
beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => registry.stop());

/** Two repositories on one base; releases, an index of two platforms with a signature, and a copy of an image. */
async function fill(): Promise<void> {
  const pusher = new RegistryPusher(registry.url);
  const base = randomBytes(BASE_BYTES);
  for (const tag of ["1.0.0", "1.1.0", "2.0.0"])
    await pusher.image("app", { tag, base, payloadBytes: 3000 });
  await pusher.image("tools", { tag: "latest", base, payloadBytes: 700 });
  const amd64 = await pusher.image("app", { architecture: "amd64", base, payloadBytes: 900 });
  const arm64 = await pusher.image("app", { architecture: "arm64", payloadBytes: 800 });
  const platforms = [
    { ...amd64, architecture: "amd64" },
    { ...arm64, architecture: "arm64" },
  ];
  const index = await pusher.index("app", platforms, { tag: "0.9.0" });
  const signature = `sha256-${index.digest.slice("sha256:".length)}.sig`;
  await pusher.image("app", { tag: signature, payloadBytes: 100 });
}

/** What the registry stores: every blob once, manifests among them. */
function storedBytes(): number {
  const blobs = join(registry.storageRoot, "docker/registry/v2/blobs");
  return readdirSync(blobs, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith("/data"))
    .reduce((sum, path) => sum + statSync(join(blobs, path)).size, 0);
}

async function collectGarbage(): Promise<void> {
  const { root } = await packageSet("docker-registry");
  const config = join(memory, "registry.yml");
  const storage = { filesystem: { rootdirectory: registry.storageRoot } };
  // JSON is YAML.
  writeFileSync(config, JSON.stringify({ version: "0.1", storage }));
  await runCommand(join(root, "usr/bin/docker-registry"), ["garbage-collect", config]);
}

async function json<T>(...words: readonly string[]): Promise<T> {
  const [verb = "", ...rest] = words;
  const { code, stdout, stderr } = await runProgram(
    [verb, "-p", policy, "-t", "hub", "--json", ...rest],
    memory,
  );
  expect(stderr).not.toContain("error");
  expect(code).toBe(0);
  return JSON.parse(stdout) as T;
}

test("bytes are those that the registry has, and that its collection frees", async () => {
  memory = scratchFolder();
  policy = join(memory, "policy.yaml");
  writeFileSync(
    policy,
    JSON.stringify({
      version: 1,
      targets: { hub: { registry: registry.address } },
      inUseOn: [],
      images: [{ match: { repository: "app" }, keep: { last: 1, by: "version" } }],
    }),
  );
  await fill();
  const before = storedBytes();

  const usage = await json<Usage>("df");
  expect(usage.totalBytes).toBe(before);
  const [app, tools] = usage.repositories;
  expect(app?.repository).toBe(`${registry.address}/app`);
  expect(app?.sharedBytes).toBe(BASE_BYTES);
  expect(tools?.sharedBytes).toBe(BASE_BYTES);
  // What only one has, and the base once.
  expect((app?.exclusiveBytes ?? 0) + (tools?.exclusiveBytes ?? 0) + BASE_BYTES).toBe(before);

  const plan = await json<Plan>("plan");
  expect(plan.actions.flatMap(({ references }) => references)).toHaveLength(4);
  expect(usage.plans).toMatchObject([{ preset: "policy", freesBytes: plan.totals.freesBytes }]);
  expect(app?.removableBytes).toBe(plan.totals.freesBytes);

  await json("apply", "--yes");
  expect(storedBytes()).toBe(before);
  await collectGarbage();
  expect(before - storedBytes()).toBe(plan.totals.freesBytes);
});
