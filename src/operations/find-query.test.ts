import { expect, test } from "vitest";
import { matchingNames, parseFindQuery, repositoryIn, searchable } from "./find-query.ts";

const ID = `sha256:${"3f".repeat(32)}`;
const DIGEST = `sha256:${"ab".repeat(32)}`;
const HERE = "registry.test:5000/team/app";

function find(text: string) {
  const query = parseFindQuery(text);
  if (typeof query === "string") throw new Error(query);
  return query;
}

test.each([
  ["app:1", "docker.io/library/app:1", true],
  ["app:1", "registry.test:5000/app:1", true],
  ["app:1", `${HERE}:1`, false],
  ["app:1", "docker.io/library/app:12", false],
  ["app", "docker.io/library/app:12", true],
  ["app", "docker.io/library/app2:1", false],
  ["team/app", `${HERE}:2`, true],
  ["team/app:2", "docker.io/team/app:2", true],
  [HERE, `${HERE}:2`, true],
  [HERE, "docker.io/team/app:2", false],
  ["docker.io/app", "docker.io/library/app:2", true],
  ["docker.io/app", "registry.test:5000/app:2", false],
  ["**/app:*", `${HERE}:2`, true],
  ["team/*:2.*", `${HERE}:2.1`, true],
  ["team/*:2.*", `${HERE}:3.1`, false],
  ["registry.test:5000/*/app", `${HERE}:2`, true],
  ["*.test:5000/team/app", `${HERE}:2`, true],
  ["*.test:5000/team/app", "other:5000/team/app:2", false],
])("%s means %s: %s", (text, reference, isMeant) => {
  const image = { id: ID, references: [reference], repoDigests: [] };
  expect(matchingNames(find(text), image)).toEqual(isMeant ? [reference] : undefined);
});

test.each([
  ["3f3f3f3", ["docker.io/library/app:1"]],
  ["sha256:3f3f3f3f3f3f", ["docker.io/library/app:1"]],
  [ID, ["docker.io/library/app:1"]],
  [DIGEST, ["docker.io/library/app:1"]],
  [`app@${DIGEST}`, ["docker.io/library/app:1"]],
  [`app@${ID}`, ["docker.io/library/app:1"]],
  [`app@sha256:${"cd".repeat(32)}`, undefined],
  ["3f3f3f4", undefined],
])("%s finds an image by what it is", (text, names) => {
  const image = {
    id: ID,
    references: ["docker.io/library/app:1"],
    repoDigests: [`docker.io/library/app@${DIGEST}`],
  };
  expect(matchingNames(find(text), image)).toEqual(names);
});

test("an image without a tag is found by its repository, unless a tag is asked for", () => {
  const byDigest = `${HERE}@${DIGEST}`;
  const image = { id: ID, references: [], repoDigests: [byDigest] };
  expect(matchingNames(find("team/app"), image)).toEqual([byDigest]);
  expect(matchingNames(find("team/app:1"), image)).toBeUndefined();
  expect(matchingNames(find("team/app:*"), image)).toBeUndefined();
  expect(matchingNames(find("3f3f3f3"), { ...image, repoDigests: [] })).toEqual([]);
});

test.each([
  ["app", "docker.io", "library/app"],
  ["app", "registry.test:5000", "app"],
  ["library/app", "docker.io", "library/app"],
  ["docker.io/app", "docker.io", "library/app"],
  [HERE, "registry.test:5000", "team/app"],
  ["app:1.*", "registry.test:5000", "app"],
])("%s is asked of %s as %s", (text, host, path) => {
  const { name } = find(text);
  expect(name && repositoryIn(name, host)).toBe(path);
});

test("wildcards are held against what a registry lists", () => {
  const { name } = find("team/*");
  const isMeant = name && repositoryIn(name, "registry.test:5000");
  if (typeof isMeant !== "function") return expect.unreachable();
  expect(["team/app", "team/app/deep", "other/app"].filter(isMeant)).toEqual(["team/app"]);
});

test.each([
  ["app", "app"],
  ["app:1", "app"],
  ["docker.io/app", "app"],
  ["user/app", "user/app"],
  ["a/b/c", undefined],
  ["registry.test:5000/app", undefined],
  ["app*", undefined],
  ["3f3f3f3", undefined],
  [`app@${DIGEST}`, undefined],
])("of %s Docker Hub's search is asked for %s", (text, searched) => {
  expect(searchable(find(text))).toBe(searched);
});

test.each(["", "APP", "app:", "/re/*", "a//b"])("%j is no name to look for", (text) => {
  expect(parseFindQuery(text)).toEqual(expect.any(String));
});
