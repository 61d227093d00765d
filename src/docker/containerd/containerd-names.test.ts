import { expect, test } from "vitest";
import { groupRecords } from "./containerd-names.ts";
import type { ImageRecord } from "./containerd-records.ts";

const A = `sha256:${"aa".repeat(32)}`;
const B = `sha256:${"bb".repeat(32)}`;
const stamp = (seconds: number) => ({ seconds, nanos: 500_000_000 });
const record = (
  name: string,
  digest: string,
  labels = {},
  updated = 1_795_264_993,
): ImageRecord => ({
  name,
  labels,
  target: { digest, mediaType: "" },
  createdAt: stamp(1_795_264_000),
  updatedAt: stamp(updated),
});

test("records of one digest are one image, tagged when the last of them was", () => {
  const records = [
    record("docker.io/library/a:1", A),
    record("docker.io/library/a:2", A, {}, 1_795_264_994),
    record("docker.io/x/y:1", A, { "org.mobyproject.image.parent": B }),
    record(`moby-dangling@${B}`, B),
  ];
  expect(groupRecords(records)).toEqual([
    {
      id: A,
      references: ["docker.io/library/a:1", "docker.io/library/a:2", "docker.io/x/y:1"],
      repoDigests: [`docker.io/library/a@${A}`, `docker.io/x/y@${A}`],
      taggedAt: "2026-11-21T12:43:14.500Z",
      parent: B,
      foreignNames: [],
    },
    {
      id: B,
      references: [],
      repoDigests: [],
      taggedAt: "2026-11-21T12:43:13.500Z",
      foreignNames: [],
    },
  ]);
});

test("an image by digest alone has a name", () => {
  const [image] = groupRecords([record(`docker.io/library/a@${A}`, A)]);
  expect([image?.references, image?.repoDigests]).toEqual([[], [`docker.io/library/a@${A}`]]);
});

test("a name that is no reference is told", () => {
  expect(groupRecords([record("import 2026", A)])[0]?.foreignNames).toEqual(["import 2026"]);
});
