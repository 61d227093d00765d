import { describe, expect, test } from "vitest";
import type { ImageRule, Policy } from "../../src/policy/policy.ts";
import { RegistryPusher } from "../harness/registry-images.ts";
import { openSession, type ContractSession } from "./contract-session.ts";
import { memoryOf, VENDORS, type VendorUnderTest } from "./registry-vendors.ts";

const REPOSITORY = "team/app";
const HOUR_MS = 3_600_000;
const ACCEPT = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
].join(", ");

function removing(match: ImageRule["match"], rest: Partial<ImageRule> = {}): Policy {
  return { source: "test", protect: [], images: [{ name: "rule", match, keep: {}, ...rest }] };
}

async function setUp({ vendor, user, environment, start }: VendorUnderTest) {
  const { url, memory } = await start();
  const { host } = new URL(url);
  const pusher = new RegistryPusher(url);
  const folder = memoryOf(host, user);
  // The last pushes are further back than the grace of an untagged one, unless a test says otherwise.
  const open = (aheadMs = 2 * HOUR_MS): Promise<ContractSession> =>
    openSession(`registry+${vendor}://${host}/${REPOSITORY}`, {
      memory: folder,
      aheadMs,
      environment: environment?.(url) ?? {},
    });
  const isThere = async (reference: string): Promise<boolean> => {
    const path = `/v2/${REPOSITORY}/manifests/${reference}`;
    return (await pusher.statusOf(path, ACCEPT)) === 200;
  };
  return { url, host, memory, pusher, open, isThere };
}

describe.each(VENDORS)("$name", (vendor) => {
  const { can } = vendor;

  test("a kept tag keeps the digest with all its tags", async () => {
    const { pusher, open, isThere } = await setUp(vendor);
    const both = await pusher.image(REPOSITORY, { tag: "dev-1" });
    await pusher.tag(REPOSITORY, both, "prod");
    const alone = await pusher.image(REPOSITORY, { tag: "dev-2" });
    const session = await open();
    const plan = await session.plan(removing({ tag: "dev-*" }));
    expect(plan.actions.map(({ subject }) => subject)).toEqual([`${REPOSITORY}@${alone.digest}`]);
    expect((await session.carryOut(plan)).state).toBe("done");
    expect(await Promise.all(["dev-1", "prod", "dev-2"].map(isThere))).toEqual([true, true, false]);
    expect((await session.look()).images.map(({ id }) => id)).toEqual([
      `${REPOSITORY}@${both.digest}`,
    ]);
  });

  test("untag takes one tag, or nothing", async () => {
    const { pusher, open, isThere } = await setUp(vendor);
    const both = await pusher.image(REPOSITORY, { tag: "dev-1" });
    await pusher.tag(REPOSITORY, both, "prod");
    const session = await open();
    const plan = await session.plan(removing({ tag: "dev-*" }, { untag: true }));
    expect(plan.actions.map(({ kind }) => kind)).toEqual(["untag"]);
    const report = await session.carryOut(plan);
    expect(report.outcomes.map(({ state }) => state)).toEqual([can.untag ? "applied" : "failed"]);
    expect(await isThere("dev-1")).toBe(!can.untag);
    expect(await isThere("prod")).toBe(true);
    expect(await isThere(both.digest)).toBe(true);
  });

  test("an index goes before what only it lists; what another lists stays", async () => {
    const { pusher, open, isThere } = await setUp(vendor);
    const shared = await pusher.image(REPOSITORY, { architecture: "amd64" });
    const inner = await pusher.index(REPOSITORY, [await pusher.image(REPOSITORY)]);
    const kept = await pusher.index(REPOSITORY, [shared, inner], { tag: "kept" });
    const alone = await pusher.image(REPOSITORY, { architecture: "s390x" });
    const gone = await pusher.index(REPOSITORY, [shared, alone], { tag: "gone" });
    const session = await open();
    const plan = await session.plan(removing({ any: [{ tag: "gone" }, { state: "untagged" }] }));
    const subjects = plan.actions.map(({ subject }) => subject.replace(`${REPOSITORY}@`, ""));
    expect(subjects).toEqual([gone.digest, alone.digest]);
    expect((await session.carryOut(plan)).state).toBe("done");
    expect(await isThere("gone")).toBe(false);
    expect(await isThere(alone.digest)).toBe(!can.deleteDigest);
    for (const { digest } of [shared, inner, kept]) expect(await isThere(digest)).toBe(true);
  });

  test("what is attached goes with its subject, never before it", async () => {
    const { pusher, open, isThere } = await setUp(vendor);
    const attach = async (subject: Awaited<ReturnType<typeof pusher.image>>) => {
      const sbom = await pusher.image(REPOSITORY, { subject, artifactType: "example/sbom" });
      const tag = subject.digest.replace(":", "-");
      await pusher.image(REPOSITORY, { tag: `${tag}.sig` });
      if (!can.referrersApi) await pusher.index(REPOSITORY, [sbom], { tag });
      return { sbom: sbom.digest, signature: `${tag}.sig` };
    };
    const kept = await pusher.image(REPOSITORY, { tag: "kept" });
    const keptParts = await attach(kept);
    const gone = await pusher.image(REPOSITORY, { tag: "gone" });
    const goneParts = await attach(gone);
    const session = await open();
    const plan = await session.plan(
      removing({ any: [{ tag: "gone" }, { tag: "*.sig" }, { state: "untagged" }] }),
    );
    const subjects = plan.actions.map(({ subject }) => subject.replace(`${REPOSITORY}@`, ""));
    expect(subjects[0]).toBe(gone.digest);
    expect(subjects).toContain(goneParts.sbom);
    expect(subjects).toHaveLength(can.referrersApi ? 3 : 4);
    expect((await session.carryOut(plan)).state).toBe("done");
    const staying = [kept.digest, keptParts.sbom, keptParts.signature];
    expect(await Promise.all(staying.map(isThere))).toEqual(staying.map(() => true));
    expect(await isThere("gone")).toBe(false);
    expect(await isThere(goneParts.signature)).toBe(false);
    if (can.deleteDigest) expect(await isThere(goneParts.sbom)).toBe(false);
  });

  test("what gained a tag or an index since the plan, or lost its tag to another image, stays", async () => {
    const { pusher, open, isThere } = await setUp(vendor);
    const tagged = await pusher.image(REPOSITORY, { tag: "old-1" });
    const listed = await pusher.image(REPOSITORY, { tag: "old-2" });
    await pusher.image(REPOSITORY, { tag: "old-3" });
    const session = await open();
    const plan = await session.plan(removing({ tag: "old-*" }));
    expect(plan.actions).toHaveLength(3);
    await pusher.tag(REPOSITORY, tagged, "prod");
    await pusher.index(REPOSITORY, [listed], { tag: "release" });
    const fresh = await pusher.image(REPOSITORY, { tag: "old-3" });
    const report = await session.carryOut(plan);
    const states = report.outcomes.map(({ state }) => state);
    expect(states.filter((state) => state === "skipped").length).toBeGreaterThanOrEqual(2);
    const staying = [tagged.digest, "prod", listed.digest, "old-2", fresh.digest, "old-3"];
    expect(await Promise.all(staying.map(isThere))).toEqual(staying.map(() => true));
  });

  test.runIf(can.listUntagged)("untagged ones go when they are old enough", async () => {
    const { pusher, open, isThere } = await setUp(vendor);
    await pusher.image(REPOSITORY, { tag: "kept" });
    const untagged = await pusher.image(REPOSITORY);
    const policy = removing({ state: "untagged" });
    const early = await (await open(0)).plan(policy);
    expect(early.actions).toEqual([]);
    expect(early.kept.flatMap(({ reasons }) => reasons.map(({ rule }) => rule))).toContain(
      "locked",
    );
    const session = await open();
    await session.carryOut(await session.plan(policy));
    expect(await isThere(untagged.digest)).toBe(false);
    expect(await isThere("kept")).toBe(true);
  });

  test.runIf(can.pushTimes)("its times are those of the images", async () => {
    const { pusher, open, memory } = await setUp(vendor);
    const { digest } = await pusher.image(REPOSITORY, { tag: "1" });
    const repository = memory?.open(REPOSITORY);
    const [tag, manifest] = [repository?.tags.get("1"), repository?.manifests.get(digest)];
    if (tag === undefined || manifest === undefined) throw new Error("nothing was pushed");
    const pushedMs = Date.parse("2026-02-03T04:05:06Z");
    tag.pushedMs = pushedMs;
    manifest.pushedMs = pushedMs;
    const before = await (await open()).look();
    expect(before.images[0]).toMatchObject({ arrivedAt: "2026-02-03T04:05:06.000Z" });
    expect(before.images[0]).not.toHaveProperty("lastUsedAt");
    if (!can.pullTimes) return;
    manifest.pulledMs = Date.parse("2026-03-04T05:06:07Z");
    const after = await (await open()).look();
    expect(after.images[0]).toMatchObject({ lastUsedAt: "2026-03-04T05:06:07.000Z" });
  });

  test("all repositories that it lists", async () => {
    const { pusher, host, url } = await setUp(vendor);
    for (const repository of ["team/one", "team/two"])
      await pusher.image(repository, { tag: "1", created: "2026-01-01T00:00:00Z" });
    const session = await openSession(`registry+${vendor.vendor}://${host}`, {
      memory: memoryOf(host, vendor.user),
      environment: vendor.environment?.(url) ?? {},
    });
    const names = (await session.look()).images.flatMap(({ references }) => references);
    expect(names.toSorted()).toEqual([`${host}/team/one:1`, `${host}/team/two:1`]);
  });
});
