import { describe, expect, test } from "vitest";
import { RegistryPusher } from "../harness/registry-images.ts";
import { openSession } from "./contract-session.ts";
import {
  comingBackBy,
  EVERYTHING,
  fillRepository,
  pullAll,
  removing,
  undo,
} from "./registry-coming-back.ts";
import { memoryOf, VENDORS } from "./registry-vendors.ts";

/** What has just been pushed without a tag is left alone. */
const AHEAD = { aheadMs: 2 * 3_600_000 };

describe.each(VENDORS)("$name", ({ vendor, user, environment, can, start }) => {
  async function startFilled() {
    const { url } = await start();
    const images = await fillRepository(url, "team/app");
    const { host } = new URL(url);
    const options = {
      ...AHEAD,
      memory: memoryOf(host, user),
      environment: environment?.(url) ?? {},
    };
    const session = await openSession(`registry+${vendor}://${host}/team/app`, options);
    return { url, images, session };
  }

  test("what went comes back as it was", async () => {
    const { url, images, session } = await startFilled();
    const roots = [images["sbom"]?.digest ?? ""];
    const before = await pullAll(url, "team/app", roots);
    const plan = comingBackBy("record", await session.plan(EVERYTHING));
    const { outcomes } = await session.carryOut(plan);
    const states = new Set(outcomes.map(({ state }) => state));
    // Some take what hangs on an image along with it.
    expect([...states].filter((state) => state !== "applied" && state !== "gone")).toEqual([]);
    expect(await pullAll(url, "team/app")).toEqual({});
    const report = await undo(session);
    expect(report.steps.filter(({ state }) => state !== "restored" && state !== "there")).toEqual(
      [],
    );
    expect(await pullAll(url, "team/app", roots)).toEqual(before);
    const again = await undo(session);
    expect(new Set(again.steps.map(({ state }) => state))).toEqual(new Set(["there"]));
  });

  test.runIf(can.untag)("a name that was taken from an image that stayed comes back", async () => {
    const { url, session } = await startFilled();
    const before = await pullAll(url, "team/app");
    const policy = removing({ tag: "stable" });
    const [rule] = policy.images;
    if (rule === undefined) throw new Error("the policy has no rule");
    const untagging = { ...policy, images: [{ ...rule, untag: true }] };
    const plan = comingBackBy("record", await session.plan(untagging));
    expect(plan.actions.map(({ kind }) => kind)).toEqual(["untag"]);
    expect((await session.carryOut(plan)).state).toBe("done");
    expect(Object.keys(await pullAll(url, "team/app"))).not.toContain("stable");
    expect(await undo(session)).toMatchObject({ state: "done" });
    expect(await pullAll(url, "team/app")).toEqual(before);

    // The image itself went meanwhile: its name brings it back.
    const rest = comingBackBy("record", await session.plan(untagging));
    const { runId } = await session.carryOut(rest);
    const all = comingBackBy("record", await session.plan(removing({ tag: "1*" })));
    await session.carryOut(all);
    expect(await undo(session, runId)).toMatchObject({ state: "done" });
    expect(Object.keys(await pullAll(url, "team/app"))).toContain("stable");
  });

  test("a name that was given anew is not taken back", async () => {
    const { url, session } = await startFilled();
    const plan = comingBackBy("record", await session.plan(removing({ tag: "flat" })));
    await session.carryOut(plan);
    const { digest } = await new RegistryPusher(url).image("team/app", { tag: "flat" });
    expect(await undo(session)).toMatchObject({ state: "partial" });
    expect(await pullAll(url, "team/app")).toMatchObject({ flat: digest });
  });
});
