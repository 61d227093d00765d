import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Restored } from "../../src/recovery/restore-image.ts";
import { callApiJson } from "../harness/engine-api.ts";
import { enginesToTest, storeOf, type EngineKind } from "../harness/engine-kinds.ts";
import { archivingPlan, expectAll, random } from "./contract-images.ts";
import { openSession, removeMatching } from "./contract-session.ts";
import { startEngineTarget, type EngineTarget } from "./engine-target.ts";
import { fileTree, mixedImages } from "./recovery-images.ts";

/** Of every shape one. */
const CHOSEN =
  /mixed\.test\/(?:shared:0|chain:3|tags-0-0:0|platforms:0|epoch:0|undated:1|labels:1|config:\d|empty:[12]|files:2)$/;
/** What the configuration says to containers, as every engine tells it. */
const CONFIG_FIELDS = ["Cmd", "Entrypoint", "Env", "ExposedPorts", "Labels", "User", "WorkingDir"];

/** The store keeps images by the digest of their manifest, the others by that of their configuration. */
function isByManifest(kind: EngineKind): boolean {
  return storeOf(kind) === "containerd";
}

interface Inspected {
  readonly Config: Readonly<Record<string, unknown>>;
  readonly RootFS: { readonly Layers: readonly string[] };
}

/** What must be the same on every engine, by the first name of an image. */
async function lookAt({ engine }: EngineTarget, names: readonly string[]) {
  const told = new Map<string, unknown>();
  for (const name of names) {
    const { Config, RootFS } = await callApiJson<Inspected>(engine, "GET", `/images/${name}/json`);
    // Some engines leave out what is empty.
    const config = Object.fromEntries(
      CONFIG_FIELDS.flatMap((field) => {
        const value = Config[field];
        const isEmpty = !value || Object.keys(value).length === 0;
        return isEmpty ? [] : [[field, value]];
      }),
    );
    told.set(name, { config, layers: RootFS.Layers, files: await fileTree(engine, name) });
  }
  return told;
}

const kinds = enginesToTest();

describe("between stores", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "plimsoll-across-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const binOf = (kind: EngineKind): string => join(folder, kind);
  const images = mixedImages(random, true).filter(({ references }) =>
    CHOSEN.test(references[0] ?? ""),
  );
  const first = images.map(({ references }) => references[0] ?? "");
  const names = images.flatMap(({ references }) => references).toSorted();
  const ids = new Map<EngineKind, ReadonlyMap<string, string>>();
  const told = new Map<EngineKind, ReadonlyMap<string, unknown>>();

  const open = (target: EngineTarget, from: EngineKind) =>
    openSession(target.address, { environment: { PLIMSOLL_BIN: binOf(from) } });

  async function idsOf(target: EngineTarget): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for (const name of first) found.set(name, await target.idOf(name));
    return found;
  }

  test.each(kinds)("archived on %s", async (kind) => {
    const target = await startEngineTarget(kind);
    try {
      // One image a request: those for several machines are taken by the containerd store only.
      await target.load(
        images.map(({ otherPlatforms, ...image }) =>
          otherPlatforms !== undefined && isByManifest(kind) ? { ...image, otherPlatforms } : image,
        ),
      );
      ids.set(kind, await idsOf(target));
      told.set(kind, await lookAt(target, first));
      const session = await open(target, kind);
      const plan = archivingPlan(await session.plan(removeMatching({})));
      expectAll(await session.carryOut(plan), "applied");
      expect(await target.listNames()).toEqual([]);
    } finally {
      await target.stop();
    }
  });

  test.each(kinds)("restored to %s from each of the others", async (kind) => {
    const target = await startEngineTarget(kind);
    try {
      for (const from of kinds.filter((each) => each !== kind)) {
        const session = await open(target, from);
        const bin = await session.recovery?.openBin();
        const restored: Restored[] = [];
        for (const entry of (await bin?.entries()) ?? []) {
          const answer = await session.recovery?.restore(entry, new AbortController().signal);
          if (answer !== undefined) restored.push(answer);
        }
        expect([from, await target.listNames()]).toEqual([from, names]);
        // The ID that is told is the one that it has now.
        const now = await idsOf(target);
        for (const { image, id } of restored) {
          const [name = ""] = image.references.filter((each) => first.includes(each));
          expect([from, name, id]).toEqual([from, name, now.get(name)]);
          if (isByManifest(from) === isByManifest(kind)) expect(id).toBe(image.id);
          else expect(id).not.toBe(image.id);
        }
        if (!isByManifest(kind))
          for (const [name, id] of now) expect(id).toBe(ids.get("docker-latest")?.get(name) ?? id);
        const origin = [...(told.get(from) ?? [])];
        expect([...(await lookAt(target, first))]).toEqual(origin);
        for (const name of names) await target.removeName(name);
        expect(await target.listNames()).toEqual([]);
      }
    } finally {
      await target.stop();
    }
  });
});
