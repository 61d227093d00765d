import { expect, test } from "vitest";
import { normaliseId, normaliseNames } from "./read-names.ts";

const HEX = "ab".repeat(32);
const DIGEST = `sha256:${HEX}`;

test.each([
  {
    title: "short names",
    tags: ["a:1", "other/x:2"],
    digests: [],
    references: ["docker.io/library/a:1", "docker.io/other/x:2"],
    repoDigests: [],
  },
  {
    title: "marks of API 1.42 and older",
    tags: ["<none>:<none>"],
    digests: ["<none>@<none>"],
    references: [],
    repoDigests: [],
  },
  { title: "nothing at all", tags: null, digests: undefined, references: [], repoDigests: [] },
  {
    title: "a digest among the tags (containerd store)",
    tags: [`a@${DIGEST}`],
    digests: [],
    references: [],
    repoDigests: [`docker.io/library/a@${DIGEST}`],
  },
  {
    title: "a tag and a digest in one name",
    tags: [],
    digests: [`h:5000/a:1@${DIGEST}`],
    references: [],
    repoDigests: [`h:5000/a@${DIGEST}`],
  },
  {
    title: "the same name twice",
    tags: ["a:1", "docker.io/library/a:1"],
    digests: [],
    references: ["docker.io/library/a:1"],
    repoDigests: [],
  },
  {
    title: "what is no name",
    tags: ["A b:1"],
    digests: ["x"],
    references: ["docker.io/library/x:latest"],
    repoDigests: [],
  },
])("$title", ({ tags, digests, references, repoDigests }) => {
  expect(normaliseNames(tags, digests)).toEqual({ references, repoDigests });
});

test.each([
  [DIGEST, DIGEST],
  [HEX, DIGEST],
  ["", undefined],
  [null, undefined],
  ["abc", undefined],
])("the ID %s is %s", (given, expected) => {
  expect(normaliseId(given)).toBe(expected);
});
