import { expect, test } from "vitest";

import { readEntryName } from "./entry-name.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const REF_NAME = "org.opencontainers.image.ref.name";
const CONTAINERD_NAME = "io.containerd.image.name";

test.each([
  ["a tag", "1.0", { reference: "localhost/app:1.0" }],
  ["a short name is a tag too", "nginx", { reference: "localhost/app:nginx" }],
  ["a name with a tag", "nginx:1", { reference: "docker.io/library/nginx:1" }],
  ["a path without a tag", "team/app", { reference: "docker.io/team/app:latest" }],
  ["a whole reference", "host:5000/app:1", { reference: "host:5000/app:1" }],
  ["a name by digest", `team/app@${DIGEST}`, { repoDigest: `docker.io/team/app@${DIGEST}` }],
  [
    "a tag and a digest",
    `team/app:1@${DIGEST}`,
    { reference: "docker.io/team/app:1", repoDigest: `docker.io/team/app@${DIGEST}` },
  ],
  ["what is no reference", "my app+1", { unclear: "my app+1" }],
  ["an empty name", "", {}],
])("%s: %s", (_what, name, expected) => {
  expect(readEntryName({ [REF_NAME]: name }, "/srv/app")).toEqual(expected);
});

test("the full name goes before the tag that docker save writes beside it", () => {
  const annotations = { [REF_NAME]: "1", [CONTAINERD_NAME]: "docker.io/library/nginx:1" };
  expect(readEntryName(annotations, "/srv/app")).toEqual({
    reference: "docker.io/library/nginx:1",
  });
});

test.each([
  ["/srv/My Images", "localhost/my-images:1"],
  ["/srv/a.b_c", "localhost/a.b_c:1"],
  ["/srv/--x--", "localhost/x:1"],
  ["/srv/日本", "localhost/layout:1"],
  ["/", "localhost/layout:1"],
])("a tag in %s is %s", (root, reference) => {
  expect(readEntryName({ [REF_NAME]: "1" }, root)).toEqual({ reference });
});
