import { expect, test } from "vitest";
import { imageId } from "../../test/fakes/sample-inventory.ts";
import type { RecoveryMode } from "../policy/policy.ts";
import type { Action } from "./plan.ts";
import { recoveryModes, wayBack, type WaysBack } from "./way-back.ts";

const ID = imageId("a");
const TAGGED = { tags: 1, digests: 0 };
const BY_DIGEST = { tags: 0, digests: 1 };
const NAMELESS = { tags: 0, digests: 0 };
const NOTHING: WaysBack = { inRegistry: new Map() };
const HELD: WaysBack = { inRegistry: new Map([[ID, "host/app@sha256:1"]]) };
const BACKUP: WaysBack = { ...NOTHING, backup: "host/backups" };
const RECORDED: WaysBack = { ...NOTHING, recorded: "its manifest is kept" };
const BINLESS: WaysBack = { ...NOTHING, noArchive: "no bin" };

test.each<[string, RecoveryMode, typeof TAGGED, WaysBack, Action["recovery"]["way"]]>([
  ["a registry has it", "auto", TAGGED, HELD, "registry"],
  [
    "a registry comes before the backup",
    "auto",
    TAGGED,
    { ...HELD, ...BACKUP, ...HELD },
    "registry",
  ],
  ["the backup comes before the bin", "auto", TAGGED, BACKUP, "backup"],
  ["else the bin", "auto", TAGGED, NOTHING, "archive"],
  ["where there is a bin", "auto", TAGGED, BINLESS, "none"],
  ["pulled by digest, and not there any more", "auto", BY_DIGEST, NOTHING, "archive"],
  ["without a tag nothing is pushed", "auto", BY_DIGEST, BACKUP, "archive"],
  ["without any name", "auto", NAMELESS, NOTHING, "record"],
  ["without any name, with a backup", "auto", NAMELESS, BACKUP, "record"],
  ["the bin was asked for by name", "archive", TAGGED, HELD, "archive"],
  ["also for what has no name", "archive", NAMELESS, NOTHING, "archive"],
  ["and is not there", "archive", TAGGED, BINLESS, "none"],
  ["the backup was asked for by name", "backup", TAGGED, { ...HELD, ...BACKUP }, "backup"],
  ["what cannot be pushed goes into the bin", "backup", NAMELESS, BACKUP, "archive"],
  ["from where nothing can be pushed", "backup", TAGGED, NOTHING, "archive"],
  ["a record", "record", TAGGED, HELD, "record"],
  ["a record that brings it back is enough", "auto", TAGGED, RECORDED, "record"],
  ["unless its content is asked for", "archive", TAGGED, RECORDED, "archive"],
  ["nothing", "off", TAGGED, HELD, "none"],
])("%s", (_, mode, names, ways, expected) => {
  expect(wayBack(ID, mode, names, ways).way).toBe(expected);
});

test("what to pull, to push, or has been written down is the detail", () => {
  expect(wayBack(ID, "auto", TAGGED, HELD).detail).toBe("host/app@sha256:1");
  expect(wayBack(ID, "record", TAGGED, RECORDED).detail).toBe("its manifest is kept");
  expect(wayBack(ID, "auto", TAGGED, BACKUP).detail).toBe(`host/backups:${ID.replace(":", "-")}`);
});

test("only with auto a backup that fails is put into the bin, where there is one", () => {
  expect(wayBack(ID, "auto", TAGGED, BACKUP).otherwise).toBe("archive");
  expect(wayBack(ID, "backup", TAGGED, BACKUP).otherwise).toBeUndefined();
  expect(wayBack(ID, "auto", TAGGED, { ...BACKUP, noArchive: "no bin" }).otherwise).toBeUndefined();
});

test("a rule's own mode comes before the policy's, and that before auto", () => {
  const rule = { name: "mine", match: {}, keep: {} };
  expect(recoveryModes({ images: [rule] })("mine")).toBe("auto");
  const policy = { images: [rule], recovery: { mode: "archive" } as const };
  expect(recoveryModes(policy)("mine")).toBe("archive");
  const own = { ...policy, images: [{ ...rule, recovery: "off" as const }] };
  expect(recoveryModes(own)("mine")).toBe("off");
  expect(recoveryModes(own)("headroom")).toBe("archive");
});
