import { expect, test } from "vitest";
import { fakeLookup } from "../../test/fakes/fake-lookup.ts";
import { imageId } from "../../test/fakes/sample-inventory.ts";
import type { RegistryAnswer } from "../ports/registry-lookup.ts";
import { backUpImage, type BackupParts } from "./back-up-image.ts";

const IMAGE = { id: imageId("a"), platforms: ["linux/amd64"] };
const NAME = "host/backups:one";
const PUSHED = imageId("f");

/** An engine with one image `app:1`, and a registry that answers as it is told. */
function setting(answer: RegistryAnswer, pushed: string | undefined = PUSHED) {
  const references = new Set(["app:1"]);
  const steps: string[] = [];
  const parts: BackupParts = {
    transfer: {
      async tag(_id, name) {
        references.add(name);
        steps.push(`tag ${name}`);
      },
      async push(name) {
        steps.push(`push ${name}`);
        return {};
      },
    },
    lookup: fakeLookup({
      resolve: async () => pushed,
      async ask({ repoDigest }) {
        steps.push(`ask ${repoDigest}`);
        return answer;
      },
    }),
    currentImage: async (id) => ({
      id,
      references: [...references],
      usedBy: [],
      taggedAt: "2026-11-21T12:00:00Z",
    }),
    async untag(name) {
      references.delete(name);
      steps.push(`untag ${name}`);
      return { outcome: "removed", detail: "", deletedImages: [], deletedBlobs: [] };
    },
  };
  return { parts, steps, references, signal: new AbortController().signal };
}

test("pushed under a name of its own, which goes again, and the registry is asked", async () => {
  const { parts, steps, signal } = setting({ kind: "held" });
  expect(await backUpImage(IMAGE, NAME, parts, signal)).toEqual({
    repoDigest: `host/backups@${PUSHED}`,
    taggedAt: "2026-11-21T12:00:00Z",
  });
  expect(steps).toEqual([
    `tag ${NAME}`,
    `push ${NAME}`,
    `ask host/backups@${PUSHED}`,
    `untag ${NAME}`,
  ]);
});

test.each<[string, RegistryAnswer, string | undefined, RegExp]>([
  ["lacks a blob", { kind: "lacking", detail: "its blob is gone" }, PUSHED, /its blob is gone/],
  ["does not answer", { kind: "unknown", detail: "no route" }, PUSHED, /no route/],
  ["has nothing of that name", { kind: "held" }, undefined, /not there after the push/],
])("no way back where the registry %s, and no name is left", async (_, answer, pushed, words) => {
  const { parts, references, signal } = setting(answer);
  if (pushed === undefined) Object.assign(parts.lookup, { resolve: async () => undefined });
  await expect(backUpImage(IMAGE, NAME, parts, signal)).rejects.toThrow(words);
  expect([...references]).toEqual(["app:1"]);
});

test("the last name of an image is never taken off: that would remove it", async () => {
  const { parts, references, signal } = setting({ kind: "held" });
  Object.assign(parts.transfer, { push: async () => void references.delete("app:1") });
  await expect(backUpImage(IMAGE, NAME, parts, signal)).rejects.toThrow(/lost all its names/);
  expect([...references]).toEqual([NAME]);
});
