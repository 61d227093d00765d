import { describe, expect, test } from "vitest";

import type { Inventory } from "../../src/inventory/inventory.ts";
import type { HostWords } from "../../src/policy/testing/host-words.ts";
import { idOf, inventoryOf } from "../fixtures/host-in-words.ts";
import { lookOnlyTarget } from "../fakes/look-only-target.ts";
import { cli, type CliResult } from "./cli-harness.ts";

const POLICY = `version: 1
protect:
  - { label: "keep" }
images:
  - name: production
    match: { tag: "*prod*" }
    keep: { within: 90d }
  - name: candidates
    match: { tag: "rc-*" }
    keep: { last: 1 }
    decides: keep
  - name: rest
    match: { repository: my-app }
    keep: { within: 7d, weekly: 2 }
containers: { exited: { within: 2d } }
`;

const HOST: HostWords = {
  images: {
    dev: { names: "my-app:dev-12", created: "3d4h" },
    old: { names: "my-app:dev-3", created: "60d" },
    prod: { names: "my-app:prod my-app:dev-9", created: "30d", labels: { keep: "yes" } },
    candidate: { names: "my-app:rc-1", created: "40d" },
    earlier: { names: "my-app:rc-0", created: "70d" },
    used: { names: "my-app:dev-1", created: "80d" },
    part: { parent: "used" },
    odd: { names: "my-app:odd", created: "-" },
    base: {},
    top: { names: "other:1", parent: "base" },
  },
  containers: { web: { image: "used" } },
};

const NOTHING = "To change  nothing that was tried would; another policy may";

function explain(
  command: string,
  {
    inventory = inventoryOf(HOST),
    policy = POLICY,
  }: { inventory?: Inventory; policy?: string } = {},
): Promise<CliResult> {
  return cli(command.split(" "), {
    openTarget: () => Promise.resolve(lookOnlyTarget(inventory)),
    files: {
      read: (path) => Promise.resolve(path === "host.json" ? JSON.stringify(inventory) : policy),
      write: () => Promise.reject(new Error("nothing is written")),
    },
  });
}

async function linesOf(command: string): Promise<readonly string[]> {
  const { code, stdout, stderr } = await explain(command);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout.trimEnd().split("\n");
}

test("every rule on the way with its place, the criteria, and when the answer turns", async () => {
  expect((await linesOf("policy explain -p policy.yaml my-app:dev-12")).slice(2)).toEqual([
    "At         2026-11-21 12:00:00 UTC",
    "Decision   stays by policy.yaml",
    "Because    rest: created 3d 4h ago; kept until 2026-11-25",
    "To change  goes when images of my-app have come in 2 further weeks, after 2026-11-25 08:00:00 UTC",
    "",
    "my-app:dev-12: stays, by rule rest",
    "AT              RULE         SAYS      FOR",
    "policy.yaml:5   production   no match  tag `dev-12` is not `*prod*`",
    "policy.yaml:8   candidates   no match  tag `dev-12` is not `rc-*`",
    "policy.yaml:12  rest         keeps     repository `my-app` is `my-app`",
    "                  within 7d  keeps     created 3d 4h ago; kept until 2026-11-25",
    "                  weekly 2   keeps     the newest of 2026-W47 in my-app, 2 weeks are kept",
  ]);
});

test.each<[image: string, said: readonly string[]]>([
  [
    "my-app:dev-3",
    ['goes by rule "rest" of policy.yaml', "To change  stays when it is used or pulled once more"],
  ],
  [
    "my-app:prod",
    [
      "Because    protected: the policy protects it",
      "Protected  policy.yaml:3: label `keep=yes` is `keep`",
      "my-app:prod: stays, by rule production",
    ],
  ],
  [
    "my-app:rc-1",
    [
      "candidates  keeps     tag `rc-1` is `rc-*`",
      "To change  goes when 1 newer image of my-app has come",
    ],
  ],
  [
    "my-app:dev-1",
    ["To change  goes when running container web is gone", "in-use: used by running container web"],
  ],
  ["my-app:odd", ["within 7d  unknown   its age is unknown", "stays, by rule rest"]],
  ["other:1", ["no-rule: no rule matches it", "other:1: stays, no rule decides about it", NOTHING]],
])("%s", async (image, said) => {
  const text = (await linesOf(`policy explain -p policy.yaml ${image}`)).join("\n");
  for (const each of said) expect(text).toContain(each);
});

test("an answer that is not final is left to the rules after it", async () => {
  const lines = await linesOf("policy explain -p policy.yaml my-app:rc-0");
  expect(lines.slice(lines.indexOf("my-app:rc-0: goes, by rule rest"))).toEqual([
    "my-app:rc-0: goes, by rule rest",
    "AT              RULE         SAYS             FOR",
    "policy.yaml:5   production   no match         tag `rc-0` is not `*prod*`",
    "policy.yaml:8   candidates   goes, not final  tag `rc-0` is `rc-*`",
    "                  last 1     -                2nd newest of my-app, 1 is kept",
    "policy.yaml:12  rest         goes             repository `my-app` is `my-app`",
    "                  within 7d  -                created 70d ago, kept only for 7d",
    "                  weekly 2   -                the newest of 2026-W37, the 4th week that has one, 2 weeks are kept",
  ]);
});

test("a rule that cannot be told ends the way", async () => {
  const policy = "version: 1\nimages:\n  - { match: { olderThan: 30d }, keep: { none: true } }\n";
  const { stdout } = await explain("policy explain -p policy.yaml my-app:odd", { policy });
  expect(stdout.trimEnd().split("\n").slice(-3)).toEqual([
    "my-app:odd: stays, it cannot be told whether rule 1 matches",
    "AT             RULE    SAYS     FOR",
    "policy.yaml:3  rule 1  unknown  its age is unknown",
  ]);
});

test("what is only a part of others is led through no rule", async () => {
  const lines = await linesOf(`policy explain -p policy.yaml ${idOf("base")}`);
  expect(lines).toContain("Because    needed: it is the parent of other:1, which stays");
  expect(lines.at(-1)).toBe(
    "Rules: none is asked: it is only a part of others, and goes when all of them go",
  );
});

test("a built-in policy has numbers in the place of lines; a saved inventory takes no target", async () => {
  const command = "policy explain --preset unused --inventory host.json --now 2026-11-21T12:00:00Z";
  expect((await linesOf(`${command} other:1`)).slice(-2)).toEqual([
    "AT  RULE    SAYS  FOR",
    "#1  unused  goes  it is unused",
  ]);
});

test("as JSON", async () => {
  const { stdout } = await explain("policy explain -p policy.yaml my-app:dev-12 --json");
  const document = JSON.parse(stdout);
  expect(document).toMatchObject({
    schema: "plimsoll.policy-explanation/1",
    policy: { source: "policy.yaml" },
    decision: "keep",
    reasons: [{ rule: "rest" }],
    path: { verdict: "stays", besides: [], protections: [] },
  });
  expect(document.path.names[0].rules[2]).toMatchObject({
    rule: "rest",
    number: 3,
    position: { line: 12 },
    matches: true,
    answer: "keeps",
    isFinal: true,
    criteria: [
      { criterion: "within 7d", result: { kind: "within", holds: true } },
      { criterion: "weekly 2", result: { kind: "weekly", place: { rank: 1, series: "2026-W47" } } },
    ],
  });
  expect(document.turns[0]).toEqual({
    to: "goes",
    events: [
      { kind: "newer-images", count: 2, group: "docker.io/library/my-app", by: "weekly" },
      { kind: "time-passes", until: "2026-11-25T08:00:00.000Z" },
    ],
  });
});

test.each([
  ["policy explain -p policy.yaml --preset ci other:1", 2, "give one of them"],
  ["policy explain --preset nightly other:1", 2, '"nightly" is not a preset'],
  ["policy explain -p policy.yaml my-ap:dev-12", 1, "Did you mean my-app:dev-12"],
  ["policy diff preset:nightly policy.yaml", 2, '"preset:nightly" is not a preset'],
  ["policy diff policy.yaml", 2, "missing required argument 'new'"],
])("%s ends with %d", async (command, code, said) => {
  const result = await explain(command);
  expect(result).toMatchObject({ code, stdout: "" });
  expect(result.stderr).toContain(said);
});

describe("policy diff", () => {
  test("what goes by one policy only, by which rule on each side, and the bytes", async () => {
    const inventory = inventoryOf({
      images: {
        old: { names: "my-app:dev-3", created: "60d" },
        older: { names: "my-app:dev-2", created: "70d" },
        oldest: { names: "my-app:dev-1", created: "80d" },
      },
      containers: { job: { image: "oldest", state: "exited", ended: "3d", sizeBytes: 500 } },
    });
    const { stdout } = await explain("policy diff preset:unused policy.yaml", { inventory });
    expect(stdout.trimEnd().split("\n").slice(2)).toEqual([
      "Old   preset unused removes 2 images, frees 2MB",
      "New   policy.yaml removes 1 container, 1 image, frees 1MB",
      "Both  0 removals, 0B",
      "",
      "The new policy also removes 2 things, 1MB",
      "ACTION            WHAT                       FREES  OLD AND NEW",
      "remove container  job container-job           500B  old: stays, no rule is about it; new: goes by exited (ended 3d ago, kept only for 2d)",
      "delete image      my-app:dev-1 6f6c64657374    1MB  old: stays by in-use (used by exited container job); new: goes by rest (in use by nothing, created 80d ago, kept only for 7d; the newest of 2026-W36, the 3rd week that has one, 2 weeks are kept)",
      "",
      "The new policy keeps what the old one removes: 2 things, 2MB",
      "ACTION        WHAT                       FREES  OLD AND NEW",
      "delete image  my-app:dev-2 6f6c64657200    1MB  old: goes by unused (in use by nothing, created 70d ago); new: stays by rest (the newest of 2026-W37 in my-app, 2 weeks are kept)",
      "delete image  my-app:dev-3 6f6c64000000    1MB  old: goes by unused (in use by nothing, created 60d ago); new: stays by rest (the newest of 2026-W39 in my-app, 2 weeks are kept)",
    ]);
  });

  test("as JSON", async () => {
    const { code, stdout } = await explain("policy diff policy.yaml preset:unused --json");
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({
      schema: "plimsoll.policy-diff/1",
      old: { policy: { source: "policy.yaml" }, totals: { freesBytes: 2_000_000 } },
      new: { policy: { source: "preset unused" } },
      alsoKept: [],
      removedByBoth: { actions: 2, freesBytes: 2_000_000 },
    });
    expect(document.alsoRemoved[0]).toMatchObject({
      kind: "delete-image",
      freesBytes: 1_000_000,
      old: { decision: "keep", reasons: [{ rule: "candidates" }] },
      new: { decision: "remove", rule: "unused" },
    });
  });

  test("two policies that decide the same", async () => {
    const lines = await linesOf("policy diff preset:unused preset:unused");
    expect(lines.at(-1)).toBe("They decide the same.");
  });
});
