import { expect, test } from "vitest";

import { knownElsewhere } from "./known-elsewhere.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const TEAM = `host:5000/team/app@${DIGEST}`;
const LOCAL = `localhost/app@${DIGEST}`;

test.each([
  ["built here", [], undefined, { kind: "nowhere" }],
  ["with a name by digest", [TEAM], undefined, { kind: "perhaps", name: TEAM }],
  ["that was never pulled or pushed, as its store knows", [TEAM], [], { kind: "nowhere" }],
  [
    "pulled, and given another name since",
    [LOCAL, TEAM],
    ["host/team/app"],
    { kind: "perhaps", name: TEAM },
  ],
  [
    "pulled under a name that it has lost",
    [LOCAL],
    ["host/team/app"],
    { kind: "perhaps", name: LOCAL },
  ],
])("an image %s", (_, repoDigests, origins, elsewhere) => {
  const image = { repoDigests, ...(origins === undefined ? {} : { origins }) };
  expect(knownElsewhere(image)).toEqual(elsewhere);
});
