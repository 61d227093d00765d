import { expect, test } from "vitest";

import type { Policy } from "../policy.ts";
import { parsePolicyFile } from "./parse-policy.ts";

function policyIn(text: string): Policy {
  const outcome = parsePolicyFile(text, "policy.yaml");
  if ("problems" in outcome) throw new Error(JSON.stringify(outcome.problems));
  return outcome.policy;
}

/** One image rule, from line 3 on. */
const rule = (text: string): string => `version: 1\nimages:\n  - ${text}\n`;
const match = (text: string): string => rule(`{ match: { ${text} }, keep: { last: 1 } }`);
const keep = (text: string): string => rule(`{ keep: ${text} }`);
const line = (text: string): string => `version: 1\n${text}\n`;

test("anchors, aliases, merges and keys of the file's own", () => {
  const { images, protect } = policyIn(`version: 1
x-common: &common { within: 7d, by: created }
protect: [&pg "postgres:16", *pg]
images:
  - { name: a, match: { tag: a }, keep: *common }
  - { name: b, match: { tag: b }, keep: { <<: *common, within: 30d } }
  - { name: c, match: { tag: c }, keep: { <<: [{ last: 3 }, *common] } }
`);
  expect(protect).toEqual([{ reference: "postgres:16" }, { reference: "postgres:16" }]);
  expect(images.map(({ keep: each }) => each)).toEqual([
    { within: 604_800_000, by: "created" },
    { within: 2_592_000_000, by: "created" },
    { last: 3, within: 604_800_000, by: "created" },
  ]);
});

const GB = 1e9;
const sizes: readonly (readonly [string, object])[] = [
  [">1GB", { largerThanBytes: GB }],
  [">=1GB", { largerThanBytes: GB - 1 }],
  ["<1GB", { smallerThanBytes: GB }],
  ["<= 1GB", { smallerThanBytes: GB + 1 }],
  [">1GB <=2GiB", { largerThanBytes: GB, smallerThanBytes: 2 ** 31 + 1 }],
];

test.each(sizes)("size: %s", (size, bounds) => {
  expect(policyIn(match(`size: "${size}"`)).images[0]?.match).toEqual(bounds);
});

const understood: readonly (readonly [text: string, part: Partial<Policy>])[] = [
  [
    "containers: { exited: { within: 1h } }",
    {
      containers: [
        {
          name: "exited",
          states: ["exited", "created"],
          within: 3_600_000,
          position: { line: 2, column: 23 },
        },
      ],
    },
  ],
  [
    "containers: { exited: { within: 1h, name: old }, created: { within: 0s } }",
    {
      containers: [
        { name: "old", states: ["exited"], within: 3_600_000, position: { line: 2, column: 23 } },
        { name: "created", states: ["created"], within: 0, position: { line: 2, column: 59 } },
      ],
    },
  ],
  [
    "containers: [{ state: created, within: 1h, match: { name: ci-* } }]",
    {
      containers: [
        {
          name: "containers 1",
          states: ["created"],
          within: 3_600_000,
          match: [{ name: "ci-*" }],
          position: { line: 2, column: 14 },
        },
      ],
    },
  ],
  [
    "volumes: { named: { within: 1h, match: { label: tmp }, recovery: archive } }",
    {
      volumes: [
        {
          name: "named-volumes",
          which: "named",
          within: 3_600_000,
          match: [{ label: "tmp" }],
          recovery: "archive",
          position: { line: 2, column: 19 },
        },
      ],
    },
  ],
  [
    "buildCache: [{ types: regular, within: 1h }, { atMost: 10G }]",
    {
      buildCache: [
        {
          name: "build-cache",
          types: ["regular"],
          within: 3_600_000,
          position: { line: 2, column: 14 },
        },
        { name: "build-cache 2", atMostBytes: 10 * GB, position: { line: 2, column: 46 } },
      ],
    },
  ],
  [
    "limits: { images: [7%, 100], bytes: 1GiB }",
    { limits: { imageShare: 0.07, imageCount: 100, bytes: 2 ** 30, wholeRepositories: "stop" } },
  ],
  ["limits: { wholeRepositories: allow }", { limits: {} }],
  [
    "headroom: { start: 50GB, stop: 50GB }",
    { headroom: { start: { bytes: 50 * GB }, stop: { bytes: 50 * GB } } },
  ],
  ["recovery: { keep: 14d }", { recovery: { mode: "auto", keep: 1_209_600_000 } }],
  [
    "targets: { a: { engine: default } }\ninUseOn: [a]",
    { targets: { a: { kind: "engine", address: "default" } }, inUseOn: ["a"] },
  ],
  ["inUseOn: []", { inUseOn: [] }],
  [
    "inUseOn: ['kubernetes:arn:aws:eks:eu-west-1:1:cluster/shop']",
    { inUseOn: ["kubernetes:arn:aws:eks:eu-west-1:1:cluster/shop"] },
  ],
  [
    "targets: { a: { layout: ./images } }",
    { targets: { a: { kind: "layout", directory: "./images" } } },
  ],
];

test.each(understood)("%s", (text, part) => {
  expect(policyIn(line(text))).toMatchObject(part);
});

test("a group is written with slashes or without", () => {
  const source = String.raw`^(?<branch>.+)-\d+$`;
  for (const per of [`'${source}'`, `'/${source}/'`])
    expect(policyIn(keep(`{ last: 3, per: ${per} }`)).images[0]?.keep).toEqual({
      last: 3,
      per: { tagPattern: source },
    });
});

test("names, positions and limits where the file says nothing", () => {
  expect(policyIn("version: 1\nimages:\n  - keep: { none: true }\nprotect:\n  - a\n")).toEqual({
    source: "policy.yaml",
    protect: [{ reference: "a" }],
    protectPositions: [{ line: 5, column: 5 }],
    images: [{ name: "rule 1", match: {}, keep: {}, position: { line: 3, column: 5 } }],
    limits: { wholeRepositories: "stop" },
  });
});

test("what is no mistake may be worth a warning", () => {
  const outcome = parsePolicyFile("version: 1\nheadroom: { start: 85%, stop: 70% }\n", "p");
  expect("warnings" in outcome && outcome.warnings).toMatchObject([
    { line: 1, column: 1, detail: expect.stringContaining("no rules") },
    { line: 2, column: 1, found: "headroom", detail: expect.stringContaining("nothing to take") },
  ]);
});

test("a rule for a target that the file does not name is worth one too", () => {
  const text = `version: 1
targets: { build: { engine: default }, images: { layout: . } }
images:
  - { name: engines, match: { target: "b*" }, keep: { within: 1d } }
  - { name: others, match: { any: [{ target: bulid }, { state: dangling }] }, keep: { within: 1d } }
`;
  const outcome = parsePolicyFile(text, "p");
  expect("warnings" in outcome && outcome.warnings).toEqual([
    { line: 5, column: 5, detail: "this rule is on a target that is not among build, images" },
  ]);
});
