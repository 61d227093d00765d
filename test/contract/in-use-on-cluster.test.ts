import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

import type { Plan } from "../../src/plan/plan.ts";
import { startFakeCluster, type FakeCluster } from "../fakes/kubernetes/fake-cluster.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { RegistryPusher, type PushedManifest } from "../harness/registry-images.ts";
import { startRegistry, type RunningRegistry } from "../harness/registry.ts";
import { createScratchFolder, discardScratchFolder } from "../harness/scratch-folder.ts";
import { makeTlsCertificates, type TlsCertificates } from "../harness/tls-certificates.ts";
import { runProgram, type ProgramEnd } from "./program.ts";

const TOKEN = "a-token";

let registry: RunningRegistry;
let certificates: TlsCertificates;
let pushed: Readonly<Record<"amd64" | "arm64" | "multi", PushedManifest>>;
const folder = createScratchFolder();
beforeAll(async () => {
  registry = await startRegistry();
  certificates = await makeTlsCertificates(folder);
  const pusher = new RegistryPusher(registry.url);
  for (const tag of ["current", "before", "nightly", "unused"]) await pusher.image("app", { tag });
  const amd64 = await pusher.image("app", { architecture: "amd64" });
  const arm64 = await pusher.image("app", { architecture: "arm64" });
  const platforms = [
    { ...amd64, architecture: "amd64" },
    { ...arm64, architecture: "arm64" },
  ];
  pushed = { amd64, arm64, multi: await pusher.index("app", platforms, { tag: "multi" }) };
});
afterAll(async () => {
  await registry.stop();
  await discardScratchFolder(folder);
});

let cluster: FakeCluster;
beforeEach(async () => {
  cluster = await startFakeCluster({
    token: TOKEN,
    tls: {
      cert: readFileSync(certificates.server.certFile, "utf8"),
      key: readFileSync(certificates.server.keyFile, "utf8"),
      clientCa: readFileSync(certificates.caFile, "utf8"),
    },
  });
  const spec = (tag: string) => ({ containers: [{ image: `registry.internal/app:${tag}` }] });
  const named = (name: string) => ({ metadata: { namespace: "shop", name } });
  cluster.objects.set("/api/v1/pods", [
    {
      ...named("web-1"),
      spec: spec("moved-on"),
      status: {
        phase: "Running",
        containerStatuses: [{ imageID: `registry.internal/app@${pushed.arm64.digest}` }],
      },
    },
  ]);
  cluster.objects.set("/apis/apps/v1/replicasets", [
    { ...named("web-2"), spec: { replicas: 1, template: { spec: spec("current") } } },
    { ...named("web-1"), spec: { replicas: 0, template: { spec: spec("before") } } },
  ]);
  cluster.objects.set("/apis/batch/v1/cronjobs", [
    {
      ...named("report"),
      spec: { jobTemplate: { spec: { template: { spec: spec("nightly") } } } },
    },
  ]);
});
afterEach(() => cluster.stop());

/** A policy that takes everything, and a kubeconfig; `words` are what is asked of the registry. */
async function run(...words: readonly string[]): Promise<ProgramEnd> {
  const memory = scratchFolder();
  const policy = join(memory, "policy.yaml");
  const kubeconfig = join(memory, "kubeconfig");
  writeFileSync(
    policy,
    JSON.stringify({
      version: 1,
      targets: { hub: { registry: registry.address } },
      inUseOn: ["kubernetes:prod"],
      images: [{ match: {}, keep: { none: true } }],
      limits: { wholeRepositories: "allow" },
    }),
  );
  const server = { server: cluster.url, "certificate-authority": certificates.caFile };
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      clusters: [{ name: "c", cluster: server }],
      users: [{ name: "u", user: { token: TOKEN } }],
      contexts: [{ name: "prod", context: { cluster: "c", user: "u" } }],
    }),
  );
  const [verb = "", ...rest] = words;
  return runProgram([verb, "-p", policy, "-t", "hub", ...rest], memory, {
    env: { KUBECONFIG: kubeconfig },
  });
}

async function plan(): Promise<Plan> {
  const { code, stdout, stderr } = await run("plan", "--json");
  expect(stderr).not.toContain("error");
  expect(code).toBe(0);
  return JSON.parse(stdout) as Plan;
}

const tagOf = (name = ""): string => name.slice(name.lastIndexOf(":") + 1);
const whyKept = ({ kept }: Plan): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(
    kept.map(({ references, reasons }) => [tagOf(references[0]), reasons[0]?.detail]),
  );

test("what pods run, and what their owners would start again, stays with all that contains it", async () => {
  const planned = await plan();
  expect(planned.actions.flatMap(({ references }) => references.map(tagOf))).toEqual(["unused"]);
  expect(whyKept(planned)).toMatchObject({
    before: "used by replicaset shop/web-1 on kubernetes:prod",
    current: "used by replicaset shop/web-2 on kubernetes:prod",
    nightly: "used by cronjob shop/report on kubernetes:prod",
    multi: "used by running pod shop/web-1 on kubernetes:prod",
  });
  expect(planned.kept.map(({ subject }) => subject)).toContain(`app@${pushed.amd64.digest}`);
  expect(planned.notes).toContain("what these hosts hold or use stays: kubernetes:prod");
  expect(planned.askedHosts).toEqual(["kubernetes:prod"]);
});

test("rm takes nothing of that", async () => {
  const name = `${registry.address}/app:before`;
  const { code, stderr } = await run("rm", "--yes", name);
  expect(code).toBe(1);
  expect(stderr).toContain(`${name} stays: used by replicaset shop/web-1 on kubernetes:prod`);
});

test("images says who uses what", async () => {
  const { stdout } = await run("images");
  expect(stdout.split("\n").find((line) => line.includes(" nightly "))).toContain(
    "shop/report on kubernetes:prod",
  );
  expect(stdout.split("\n").find((line) => line.includes(" multi "))).toContain("amd64, arm64");
});

test("a list that it may not read: nothing goes, and the plan says why", async () => {
  cluster.refusals.set("/apis/batch/v1/cronjobs", { kind: "forbidden" });
  const { actions, notes } = await plan();
  expect(actions).toEqual([]);
  expect(notes).toEqual([
    "nothing goes: it cannot be told what is in use on kubernetes:prod (this user may not list cronjobs of all namespaces (403)); a policy file names the hosts (targets, inUseOn)",
  ]);
});

test("a cluster that does not answer: nothing goes, and the plan says why", async () => {
  await cluster.stop();
  const { actions, notes } = await plan();
  expect(actions).toEqual([]);
  expect(notes.join()).toContain("cannot be told what is in use on kubernetes:prod");
});
