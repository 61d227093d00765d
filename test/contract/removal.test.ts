import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Policy } from "../../src/policy/policy.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { storeOf, type StoreKind } from "../harness/engine-kinds.ts";
import {
  expectAll,
  expectDone,
  expectGone,
  newImage,
  newLayer,
  noteImages,
  plannedImages,
  TWO_HOURS_MS,
} from "./contract-images.ts";
import { openSession, removeMatching } from "./contract-session.ts";
import type { ContractTarget } from "./contract-target.ts";
import { startTarget, targetsToTest } from "./every-target.ts";

/** More images than the target is asked to remove at once. */
const MORE_THAN_IN_FLIGHT: Record<StoreKind | "layout", number> = {
  graphdriver: 12,
  containerd: 100,
  podman: 4,
  layout: 80,
};

describe.each(targetsToTest())("%s", (kind) => {
  const store = kind === "layout" ? kind : storeOf(kind);
  let target: ContractTarget;
  beforeAll(async () => {
    target = await startTarget(kind);
  });
  afterAll(() => target.stop());

  /** Looks from two hours on: nothing is too young any more. */
  const openAhead = () => openSession(target.address, { aheadMs: TWO_HOURS_MS });

  test("shared layers: what others stand on stays, and is not counted", async () => {
    const [bottom, middle] = [newLayer(), newLayer()];
    await target.load([
      newImage(["images.test/shared:1"], [bottom, middle]),
      newImage(["images.test/shared:2"], [bottom, middle]),
      newImage(["images.test/sharing:1"], [bottom]),
    ]);
    const before = await noteImages(target);
    const session = await openAhead();
    const plan = await session.plan(removeMatching({ repository: "shared" }));
    expect(plan.actions).toHaveLength(2);
    const [one, two] = plan.actions;
    // The layer in the middle goes with the second of them.
    expect(two?.freesBytes).toBeGreaterThan(1.5 * (one?.freesBytes ?? 0));

    expectDone(await session.carryOut(plan));
    await expectGone(target, before, plannedImages(plan));
    expect(await target.listNames()).toContain("images.test/sharing:1");
  });

  test.runIf(store === "containerd" || store === "layout")(
    "an image of several platforms goes whole, but for what another one stands on",
    async () => {
      const [host, other, shared] = [newLayer(), newLayer(), newLayer()];
      await target.load([
        newImage(["images.test/platforms:1"], [host], {
          otherPlatforms: { "linux/s390x": [shared, other] },
        }),
        newImage(["images.test/platform:1"], [shared]),
      ]);
      const before = await noteImages(target);
      const session = await openAhead();
      const id = await target.idOf("images.test/platforms:1");
      const image = (await session.look()).images.find((each) => each.id === id);
      expect(image?.platforms).toEqual(expect.arrayContaining(["linux/s390x"]));
      expect(image?.platforms).toHaveLength(2);
      const { plan } = await session.planOf(["images.test/platforms:1"]);
      expectDone(await session.carryOut(plan));
      await expectGone(target, before, [id]);
    },
  );

  describe("several names of one image", () => {
    const names = ["images.test/named:1", "images.test/named:stable", "images.test/also-named:1"];

    test("one goes, the image stays", async () => {
      await target.load([newImage(names)]);
      const before = await noteImages(target);
      const session = await openAhead();
      const { plan } = await session.planOf([names[0] ?? ""]);
      expect(plan.actions).toMatchObject([{ kind: "untag", freesBytes: 0 }]);
      expectAll(await session.carryOut(plan), "applied");
      await expectGone(target, before, []);
      const left = before.names.filter((name) => name !== names[0]);
      expect(await target.listNames()).toEqual(left);
    });

    test("all go, and the image with them", async () => {
      const before = await noteImages(target);
      const session = await openAhead();
      const plan = await session.plan(removeMatching({ repository: "*named" }));
      expectDone(await session.carryOut(plan));
      await expectGone(target, before, plannedImages(plan));
    });
  });

  test("dangling images: kept while they are new here, whatever their date; gone later", async () => {
    const before = await target.listIds();
    await target.load([
      newImage([]),
      newImage([], [], { created: "1970-01-01T00:00:00Z" }),
      newImage([], [], { created: "0001-01-01T00:00:00Z" }),
      newImage(["images.test/not-dangling:1"]),
    ]);
    const dangling = (await target.listIds()).difference(before);
    dangling.delete(await target.idOf("images.test/not-dangling:1"));
    const memory = scratchFolder();
    const now = await openSession(target.address, { memory });
    const { images } = await now.look();
    // Podman puts the moment of loading in the place of a date that is missing.
    const undated = images.filter(({ createdAt }) => createdAt === undefined);
    expect(undated).toHaveLength(kind === "podman" ? 1 : 2);
    expect((await now.plan("dangling")).actions).toEqual([]);

    const session = await openSession(target.address, { memory, aheadMs: TWO_HOURS_MS });
    const plan = await session.plan("dangling");
    const held = await noteImages(target);
    expectDone(await session.carryOut(plan));
    expect(plannedImages(plan).toSorted()).toEqual([...dangling].toSorted());
    await expectGone(target, held, dangling);
  });

  test("an unknown date is no old date", async () => {
    await target.load([newImage(["images.test/epoch:1"], [], { created: "1970-01-01T00:00:00Z" })]);
    const session = await openAhead();
    const byDate: Policy = {
      ...removeMatching({ repository: "epoch" }),
      images: [{ name: "old", match: {}, keep: { within: TWO_HOURS_MS, by: "created" } }],
    };
    const { actions, kept } = await session.plan(byDate);
    const epoch = await target.idOf("images.test/epoch:1");
    expect(actions.map(({ subject }) => subject)).not.toContain(epoch);
    expect(kept.find(({ subject }) => subject === epoch)?.reasons).toMatchObject([
      { rule: "age-unknown" },
    ]);
  });

  describe("between plan and apply", () => {
    test("an image vanishes, and one gains a name: noted, and nothing else is harmed", async () => {
      const [vanishes, gains, goes] = ["vanishes", "gains", "goes"].map(
        (tag) => `images.test/changing:${tag}`,
      ) as [string, string, string];
      await target.load([vanishes, gains, goes].map((name) => newImage([name])));
      const gaining = await target.idOf(gains);
      const going = await target.idOf(goes);
      const session = await openAhead();
      const plan = await session.plan(removeMatching({ repository: "changing" }));
      await target.removeName(vanishes);
      await target.tag(gaining, "images.test/wanted:1");
      const before = await noteImages(target);

      const report = await session.carryOut(plan);
      const stateOf = new Map(
        report.outcomes.map(({ index, state }) => [plan.actions[index]?.references[0], state]),
      );
      expect(Object.fromEntries(stateOf)).toEqual({
        [vanishes]: "gone",
        [gains]: "skipped",
        [goes]: "applied",
      });
      expect(report.state).toBe("partial");
      const skipped = report.outcomes.find(({ state }) => state === "skipped");
      expect(skipped?.detail).toContain("gained the tag images.test/wanted:1");
      await expectGone(target, before, [going]);
      expect(await target.listNames()).toEqual(
        expect.arrayContaining([gains, "images.test/wanted:1"]),
      );
    });

    test("a name moves on: its new image is not touched", async () => {
      const name = "images.test/moving:latest";
      await target.load([newImage([name])]);
      const old = await target.idOf(name);
      const session = await openAhead();
      const plan = await session.plan(removeMatching({ repository: "moving" }));
      await target.load([newImage(["images.test/moved:1"])]);
      const moved = await target.idOf("images.test/moved:1");
      await target.tag(moved, name);
      const before = await noteImages(target);

      const report = await session.carryOut(plan);
      expect(report.outcomes).toMatchObject([{ detail: expect.stringContaining(name) }]);
      await expectGone(target, before, [old]);
      expect(await target.idOf(name)).toBe(moved);
    });
  });

  test("applied once: a second apply is refused, at the same time and later", async () => {
    await target.load([newImage(["images.test/once:1"])]);
    const before = await noteImages(target);
    const memory = scratchFolder();
    const session = await openSession(target.address, { memory, aheadMs: TWO_HOURS_MS });
    const other = await openSession(target.address, { memory, aheadMs: TWO_HOURS_MS });
    const plan = await session.plan(removeMatching({ repository: "once" }));
    let second: Promise<unknown> | undefined;
    const report = await session.carryOut(plan, {
      onEvent: () => {
        second ??= other.carryOut(plan).catch((error: unknown) => error);
      },
    });
    expectDone(report);
    // A quick target has ended by the time that the second one asks.
    const kinds = /^(lease-held|already-applied)$/;
    expect(await second).toMatchObject({ kind: expect.stringMatching(kinds) });
    await expect(session.carryOut(plan)).rejects.toMatchObject({ kind: "already-applied" });
    await expectGone(target, before, plannedImages(plan));
  });

  test("a plan of another target is refused", async () => {
    const session = await openAhead();
    const plan = await session.plan("unused");
    const address = "unix:///elsewhere.sock";
    const elsewhere = { ...plan, target: { ...plan.target, address, id: "another" } };
    const before = await noteImages(target);
    await expect(session.carryOut(elsewhere)).rejects.toMatchObject({ kind: "other-target" });
    await expectGone(target, before, []);
  });

  test("Ctrl-C: what is in flight ends, nothing else begins, and the account says which", async () => {
    const bottom = newLayer();
    const specs = Array.from({ length: MORE_THAN_IN_FLIGHT[store] }, (_, index) =>
      newImage([`images.test/many:${index}`], [bottom]),
    );
    await target.load(specs);
    const before = await noteImages(target);
    const session = await openAhead();
    const plan = await session.plan(removeMatching({ repository: "many" }));
    const interruption = new AbortController();
    const report = await session.carryOut(plan, {
      signal: interruption.signal,
      onEvent: ({ kind }) => kind === "settled" && interruption.abort(),
    });
    const endedAs = (state: string) =>
      report.outcomes
        .filter((outcome) => outcome.state === state)
        .map(({ index }) => plan.actions[index]?.subject ?? "");
    expect(report.state).toBe("stopped");
    expect(endedAs("applied").length).toBeGreaterThan(0);
    expect(endedAs("skipped").length).toBeGreaterThan(0);
    expect(report.outcomes).toHaveLength(specs.length);
    expect(report.freedBytes).toBeGreaterThanOrEqual(report.predictedAppliedBytes);
    await expectGone(target, before, endedAs("applied"));
  });
});
