import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startIdleEngine } from "../fakes/idle-engine.ts";
import { startFakeDtr, type FakeDtr } from "../fakes/registries/dtr.ts";
import { startFakeHarbor } from "../fakes/registries/harbor.ts";
import { RegistryPusher } from "../harness/registry-images.ts";
import { noWarning, runProgram } from "./program.ts";
import { closing, memoryOf } from "./registry-vendors.ts";

const APP = "team/app";
const DAY_MS = 86_400_000;

const rule = (field: string, operator: string, ...values: readonly string[]) => ({
  field,
  operator,
  values,
});

/** A DTR with tags of some ages, in days. */
async function dtrWith(ages: Readonly<Record<string, number>>) {
  const dtr = await closing(startFakeDtr);
  const pusher = new RegistryPusher(dtr.url);
  for (const [tag, days] of Object.entries(ages)) {
    await pusher.image(APP, { tag });
    const stored = dtr.memory.open(APP).tags.get(tag);
    if (stored !== undefined) stored.pushedMs -= days * DAY_MS;
  }
  const memory = memoryOf(dtr.address);
  const env = { DOCKER_HOST: await startIdleEngine() };
  const run = (...words: readonly string[]) =>
    runProgram(["registry", ...words, "-t", `registry+dtr://${dtr.address}`], memory, { env });
  return { dtr, run, memory };
}

function policyFile(memory: string, text: string): string {
  const path = join(memory, "policy.yaml");
  writeFileSync(path, `version: 1\n${text}`);
  return path;
}

function tagsOf({ memory }: FakeDtr): readonly string[] {
  return [...memory.open(APP).tags.keys()];
}

describe("policies of DTR", () => {
  test("DT-06: they are read as a policy; the server's dry run and a plan differ where the plan knows more", async () => {
    const { dtr, run } = await dtrWith({ "dev-1": 40, "dev-2": 50, "dev-3": 2, v1: 40 });
    dtr.signed.add("dev-2");
    const rules = [rule("tag", "sw", "dev-"), rule("updated_at_duration", "bf", "720h")];
    dtr.policies.set(APP, [{ id: "1", enabled: true, rules }]);
    const read = await run("policies");
    expect(read.stderr).toEqual(noWarning());
    expect(read.stdout).toContain("dev-*");
    expect(read.stdout).toContain("30d");
    const tried = await run("policies", "--test", "--json");
    expect(tried.stderr).toEqual(noWarning());
    expect(JSON.parse(tried.stdout)).toMatchObject({
      schema: "plimsoll.server-policies/1",
      kind: "dtr",
      compared: [
        {
          repository: APP,
          both: ["dev-1"],
          onlyServer: [{ tag: "dev-2", kept: "the tag dev-2 is signed in Notary" }],
          onlyPlan: [],
        },
      ],
    });
    expect(tagsOf(dtr)).toHaveLength(4);
  });

  test("DT-07: a policy of ours is tested there, and then added so that it does not prune at once", async () => {
    const { dtr, run, memory } = await dtrWith({ "dev-1": 40, "dev-2": 2, v1: 40 });
    const file = policyFile(
      memory,
      "images:\n  - name: dev\n    match: { tag: dev-* }\n    keep: { within: 30d, by: arrived }\n    untag: true\n",
    );
    const args = ["policies", "-p", file] as const;
    const tried = await run(...args, "--test");
    expect(tried.stderr).toEqual(noWarning());
    expect(tried.stdout).toContain("dev: tag sw dev- and updated_at_duration bf 720h");
    expect(tried.stdout).toContain("the registry would take 1 tag, as a plan does");
    expect(dtr.policies.size).toBe(0);
    const written = await run(...args, "--write", "--yes");
    expect(written).toMatchObject({ code: 0, stdout: `${APP}: 1 added\n` });
    expect(dtr.policies.get(APP)).toHaveLength(1);
    expect(tagsOf(dtr)).toHaveLength(3);
    const again = await run(...args, "--write", "--yes");
    expect(again.stdout).toBe(`${APP}: nothing to add\n`);
    expect(dtr.requests.filter((each) => /^POST .*pruningPolicies\?/.test(each))).toEqual([
      `POST /api/v0/repositories/${APP}/pruningPolicies?initialEvaluation=false`,
    ]);
  });

  test("what cannot be said there is named, and nothing is written", async () => {
    const { dtr, run, memory } = await dtrWith({ v1: 1 });
    const file = policyFile(
      memory,
      "images:\n  - name: few\n    match: { tag: v* }\n    keep: { last: 2 }\n",
    );
    const { code, stderr } = await run("policies", "-p", file, "--write", "--yes");
    expect(code).toBe(2);
    expect(stderr).toContain("few cannot be said: it cannot keep by last");
    expect(stderr).toContain("nothing was written");
    expect(dtr.policies.size).toBe(0);
  });

  test("DT-05: immutable tags stay; a tag limit is read as what it is", async () => {
    const { dtr, run } = await dtrWith({ v1: 1 });
    dtr.tagLimits.set(APP, 2);
    expect((await run("policies")).stdout).toContain("last: 2");
    dtr.tagLimits.delete(APP);
    dtr.immutable.add(APP);
    dtr.policies.set(APP, [{ id: "1", enabled: true, rules: [rule("tag", "eq", "v1")] }]);
    expect((await run("policies", "--test")).stdout).toContain("has immutable tags");
  });
});

describe("garbage collection as a job", () => {
  test("DTR's is started and watched, and all is there afterwards", async () => {
    const { dtr, run } = await dtrWith({ v1: 1, v2: 1 });
    dtr.memory.open(APP).tags.delete("v2");
    const { code, stdout } = await run("gc", "--yes");
    expect(stdout).toContain("Collected. All 1 manifests and 1 tags are there");
    expect(stdout).toContain("deleted 2 blobs");
    expect(code).toBe(0);
    expect(dtr.jobs.actions).toEqual(["onlinegc"]);
    expect(dtr.memory.open(APP).manifests.size).toBe(1);
  });

  test("a job that fails is told of; where the registry is not online, it becomes read-only", async () => {
    const { dtr, run } = await dtrWith({ v1: 1 });
    dtr.jobs.online = false;
    dtr.jobs.endsAs = "errored";
    const { code, stdout } = await run("gc", "--yes");
    expect(code).toBe(1);
    expect(stdout).toContain("job job-1 ended as errored");
    expect(dtr.jobs.actions).toEqual(["gc"]);
    const dry = await run("gc", "--dry-run");
    expect(dry).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("cannot tell beforehand"),
    });
  });

  test("nobody is asked where nobody can answer", async () => {
    const { dtr, run } = await dtrWith({ v1: 1 });
    expect((await run("gc")).code).toBe(2);
    expect(dtr.jobs.actions).toEqual([]);
  });
});

describe("Harbor", () => {
  test("its own dry run beside a plan by its retention", async () => {
    const harbor = await closing(startFakeHarbor);
    const pusher = new RegistryPusher(harbor.url);
    const old = await pusher.image(APP, { tag: "old" });
    await pusher.image(APP, { tag: "latest" });
    harbor.upkeep.taken.add(`${APP}@${old.digest}`);
    harbor.upkeep.retention = {
      id: 1,
      algorithm: "or",
      scope: { level: "project", ref: 1 },
      trigger: { kind: "Schedule", settings: { cron: "" } },
      rules: [
        {
          id: 1,
          priority: 0,
          disabled: false,
          action: "retain",
          template: "always",
          params: {},
          tag_selectors: [{ kind: "doublestar", decoration: "matches", pattern: "latest" }],
          scope_selectors: {
            repository: [{ kind: "doublestar", decoration: "repoMatches", pattern: "**" }],
          },
        },
      ],
    };
    const env = { DOCKER_HOST: await startIdleEngine() };
    const run = (...words: readonly string[]) =>
      runProgram(
        ["registry", ...words, "-t", `registry+harbor://${harbor.address}`],
        memoryOf(harbor.address),
        { env },
      );
    const tried = await run("policies", "--test", "--json");
    expect(tried.stderr).toEqual(noWarning());
    expect(JSON.parse(tried.stdout)).toMatchObject({
      compared: [{ repository: APP, both: ["old"], onlyServer: [], onlyPlan: [] }],
    });
    // One policy is for many repositories there.
    const file = policyFile(memoryOf(harbor.address), "images: []\n");
    const written = await run("policies", "-p", file, "--write", "--yes");
    expect(written).toMatchObject({ code: 2, stderr: expect.stringContaining("none is written") });
    harbor.upkeep.logIsWhole = false;
    const cut = await run("policies", "--test");
    expect(cut.code).toBe(1);
    expect(cut.stderr).toContain("does not fit its count");
  });

  test("its collection is tried and started, never with what has no tag", async () => {
    const harbor = await closing(startFakeHarbor);
    await new RegistryPusher(harbor.url).image(APP, { tag: "1" });
    const run = (...words: readonly string[]) =>
      runProgram(
        ["registry", "gc", ...words, "-t", `registry+harbor://${harbor.address}`],
        memoryOf(harbor.address),
      );
    const tried = await run("--dry-run");
    expect(tried.stdout).toContain("nothing was collected");
    expect(tried.stdout).toContain("freed 1 MiB");
    expect((await run("--yes")).stdout).toContain("Collected. All 1 manifests");
    expect(harbor.upkeep.collections).toEqual([
      { delete_untagged: false, dry_run: true, workers: 1 },
      { delete_untagged: false, dry_run: false, workers: 1 },
    ]);
    // What is read of a manifest would count as a pull: once, by the scan, and not again by the look that follows.
    const fetched = harbor.requests.filter((each) => /^GET .*\/manifests\//.test(each));
    expect(fetched).toHaveLength(1);
  });
});
