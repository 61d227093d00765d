import { expect, test } from "vitest";

import { PRESET_NAMES } from "../../src/policy/presets.ts";
import { cli } from "./cli-harness.ts";
import { fakeHost, OLD, UNTAGGED, WEB } from "./fake-host.ts";

/** Files by path; anything else is not there. */
function filesOf(texts: Readonly<Record<string, string>>) {
  return {
    read: (path: string) => {
      const text = texts[path];
      return text === undefined
        ? Promise.reject(Object.assign(new Error("no such file"), { code: "ENOENT" }))
        : Promise.resolve(text);
    },
    write: () => Promise.reject(new Error("nothing is written here")),
  };
}

const TAKES_UNNAMED = `version: 1
images:
  - { name: nameless, match: { state: untagged }, keep: { none: true } }
limits: { wholeRepositories: allow }
`;
const files = filesOf({
  "good.yaml": TAKES_UNNAMED,
  "-": TAKES_UNNAMED,
  "bad.yaml": 'version: 1\nimages:\n  - { match: { tga: "*" }, keep: { within: 30 } }\n',
  "warned.yaml": "version: 1\n",
  "one/target.yaml": `${TAKES_UNNAMED}targets: { build: { layout: ../images } }\n`,
  "two.yaml": `${TAKES_UNNAMED}targets: { local: { engine: default }, remote: { engine: "ssh://build" } }\n`,
  "registry.yaml": `${TAKES_UNNAMED}targets: { hub: { registry: "https://example.com:5000/", repositories: [team/app] } }\n`,
  "patterns.yaml": `${TAKES_UNNAMED}targets: { hub: { registry: "http://example.com", repositories: ["team/**"] } }\n`,
  "named.yaml": `version: 1
targets: { build: { engine: default } }
images: [{ match: { state: untagged, target: build }, keep: { none: true } }]
`,
  "backup.yaml": `${TAKES_UNNAMED}recovery: { mode: backup, backup: registry.example.com/bin }\n`,
});

test("policy check: what a sound file holds", async () => {
  expect(await cli(["policy", "check", "good.yaml"], { files })).toEqual({
    code: 0,
    stdout: "good.yaml: ok: 1 image rule, limits\n",
    stderr: "",
  });
});

test("policy check: every mistake with its line and a mark, and status 2 for all files together", async () => {
  const { code, stdout } = await cli(["policy", "check", "bad.yaml", "good.yaml"], { files });
  expect(code).toBe(2);
  expect(stdout).toBe(`bad.yaml:3:16: error: "tga" is no key of a match; did you mean tag?
    3 |   - { match: { tga: "*" }, keep: { within: 30 } }
      |                ^^^
bad.yaml:3:44: error: "30" has no unit; a duration such as 90m, 36h or 7d is wanted; did you mean 30d?
    3 |   - { match: { tga: "*" }, keep: { within: 30 } }
      |                                            ^^
bad.yaml: 2 mistakes
good.yaml: ok: 1 image rule, limits
`);
});

test("policy check --json", async () => {
  const { code, stdout } = await cli(["policy", "check", "--json", "bad.yaml", "warned.yaml"], {
    files,
  });
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    schema: "plimsoll.policy-check/1",
    files: [
      {
        file: "bad.yaml",
        ok: false,
        problems: [{ line: 3, column: 16, found: "tga", suggestion: "tag" }, { found: "30" }],
      },
      { file: "warned.yaml", ok: true, warnings: [{ line: 1 }] },
    ],
  });
});

test("colours only where the output takes them", async () => {
  const { stdout } = await cli(["policy", "check", "bad.yaml"], {
    files,
    terminal: { colour: true },
  });
  expect(stdout).toContain("\u001b[31merror:\u001b[39m");
});

test.each(PRESET_NAMES)("policy show %s is a policy without mistakes", async (name) => {
  const { code, stdout } = await cli(["policy", "show", name]);
  expect(code).toBe(0);
  const shown = filesOf({ "-": stdout });
  expect(await cli(["policy", "check", "-"], { files: shown })).toMatchObject({ code: 0 });
});

test("policy show of what is neither a preset nor a path", async () => {
  const { code, stderr } = await cli(["policy", "show", "prodution"]);
  expect(code).toBe(2);
  expect(stderr).toContain('"prodution" is not a preset');
});

test("policy schema is JSON Schema that knows every section", async () => {
  const { stdout } = await cli(["policy", "schema"]);
  expect(JSON.parse(stdout)).toMatchObject({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    additionalProperties: false,
    required: ["version"],
    properties: { images: {}, protect: {}, headroom: {}, schedule: {}, buildCache: {} },
  });
});

test.each(["good.yaml", "-"])("plan -p %s", async (path) => {
  const { context } = fakeHost();
  const { code, stdout } = await cli(["plan", "-p", path], { ...context, files });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^delete image +<none> c{12} /m);
  expect(stdout).toContain(`plimsoll apply -p ${path}`);
});

test("prune -p takes what the file lets go, and nothing else", async () => {
  const { target, context } = fakeHost();
  const { code } = await cli(["prune", "-f", "-p", "good.yaml"], { ...context, files });
  expect(code).toBe(0);
  expect([...target.images.keys()]).toEqual([WEB, OLD]);
});

test.each([
  ["plan", "-p", "bad.yaml"],
  ["apply", "--yes", "-p", "bad.yaml"],
  ["prune", "-f", "-p", "bad.yaml"],
])("%s: nothing runs on a policy with a mistake", async (...args) => {
  const { asked, context } = fakeHost();
  const { code, stdout, stderr } = await cli(args, { ...context, files });
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/bad\.yaml:3:16: error: .+\n[^]*plimsoll: 2 mistakes in bad\.yaml\n$/);
  expect(asked.spec).toBeUndefined();
});

test.each([
  [["-a"], "--all"],
  [["--preset", "ci"], "--preset"],
  [["--filter", "label=x", "--keep-last", "2"], "--filter, --keep-last"],
])("-p beside %j", async (flags, named) => {
  const { code, stderr } = await cli(["plan", "-p", "good.yaml", ...flags], { files });
  expect(code).toBe(2);
  expect(stderr).toContain(`so does ${named}: give one of them`);
});

test("--free goes with a policy, and takes no more than it needs of what the rules let go", async () => {
  const { context } = fakeHost();
  const { stdout } = await cli(["plan", "-p", "good.yaml", "--free", "1B", "--json"], {
    ...context,
    files,
  });
  expect(JSON.parse(stdout)).toMatchObject({ actions: [{ subject: UNTAGGED }] });
});

const targets: readonly (readonly [args: string[], spec: string | undefined])[] = [
  [["-p", "good.yaml"], undefined],
  [["-p", "good.yaml", "-t", "elsewhere"], "elsewhere"],
  [["-p", "one/target.yaml"], "oci:images"],
  [["-p", "one/target.yaml", "-t", "build"], "oci:images"],
  [["-p", "one/target.yaml", "-t", "oci:other"], "oci:other"],
  [["-p", "two.yaml", "-t", "remote"], "ssh://build"],
  [["-p", "registry.yaml"], "registry://example.com:5000/team/app"],
  [["-p", "patterns.yaml"], "registry://http://example.com"],
];

test.each(targets)("plan %j opens %j", async (args, spec) => {
  const { asked, context } = fakeHost();
  expect(await cli(["plan", ...args], { ...context, files })).toMatchObject({ code: 0 });
  expect(asked.spec).toBe(spec);
});

test("several targets, and none of them said", async () => {
  const { code, stderr } = await cli(["plan", "-p", "two.yaml"], { files });
  expect(code).toBe(2);
  expect(stderr).toContain("two.yaml has several targets: local, remote");
});

test("what a registry's target does not name is out of reach", async () => {
  const { context } = fakeHost();
  const { stdout } = await cli(["plan", "-p", "patterns.yaml", "--json"], { ...context, files });
  expect(JSON.parse(stdout)).toMatchObject({ actions: [] });
});

test("a match on targets is about the name that the policy gives", async () => {
  const { context } = fakeHost();
  const planned = await cli(["plan", "-p", "named.yaml", "--json"], { ...context, files });
  expect(JSON.parse(planned.stdout)).toMatchObject({ target: { name: "build" }, actions: [{}] });
});

test("a way back that cannot be had stops an apply, and a plan tells of it", async () => {
  const { target, context } = fakeHost();
  const planned = await cli(["plan", "-p", "backup.yaml"], { ...context, files });
  expect(planned).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("asks for recovery: backup"),
  });
  const refused = await cli(["apply", "--yes", "-p", "backup.yaml"], { ...context, files });
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("--no-recovery") });
  expect(target.images.size).toBe(3);
  const applied = await cli(["apply", "--yes", "--no-recovery", "-p", "backup.yaml"], {
    ...context,
    files,
  });
  expect(applied.code).toBe(0);
  expect(target.images.size).toBe(2);
});

test("a file that is not there", async () => {
  const { code, stderr } = await cli(["plan", "-p", "nowhere.yaml"], { files });
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: "plimsoll: cannot read the policy nowhere.yaml: it does not exist\n",
  });
});

test("a preset where a file is asked for", async () => {
  const { code, stderr } = await cli(["plan", "-p", "ci"], { files });
  expect(code).toBe(2);
  expect(stderr).toContain("A preset is named with --preset ci");
});

test("a plan file is carried out as it is, with its ways back", async () => {
  const { context } = fakeHost();
  const { code, stderr } = await cli(["apply", "plan.json", "--no-recovery", "--yes"], {
    ...context,
    files,
  });
  expect(code).toBe(2);
  expect(stderr).toContain("give the file or flags that choose, not both");
});
