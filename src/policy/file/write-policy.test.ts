import fc from "fast-check";
import { expect, test } from "vitest";

import type {
  Amount,
  BuildCacheRule,
  ContainerRule,
  ImageRule,
  Keep,
  Match,
  Policy,
  PolicyTarget,
  ResourceMatch,
  VolumeRule,
} from "../policy.ts";
import { CACHE_TYPES } from "../cache-types.ts";
import { PRESET_NAMES, presetPolicy } from "../presets.ts";
import { matchesEverything } from "./implied-match.ts";
import { parsePolicyFile } from "./parse-policy.ts";
import { shadowedRules } from "./shadowed-rules.ts";
import { writePolicy } from "./write-policy.ts";

/** Reads a text back, without what is only about the file. */
function readBack(text: string): object {
  const outcome = parsePolicyFile(text, "file");
  if ("problems" in outcome) return outcome.problems;
  return plain(outcome.policy);
}

/** A policy as its content is compared: places in a file, and where it came from, are no part of it. */
function plain(policy: Policy): object {
  const kept = (key: string, value: unknown): unknown =>
    ["source", "position", "protectPositions"].includes(key) ? undefined : value;
  return JSON.parse(JSON.stringify(policy, kept)) as object;
}

test.each(PRESET_NAMES)("the preset %s reads back as it is", (name) => {
  const policy = presetPolicy(name) ?? { source: "", protect: [], images: [] };
  expect(readBack(writePolicy(policy))).toEqual({ limits: {}, ...plain(policy) });
});

type Fields<T> = { readonly [K in keyof T]-?: fc.Arbitrary<Exclude<T[K], undefined>> };

/** Every field there or not; a field that the type has and this does not is an error of the compiler. */
function some<T extends object>(fields: Fields<T>): fc.Arbitrary<T> {
  return fc.record(fields, { requiredKeys: [] }) as fc.Arbitrary<T>;
}

/** Texts that YAML might take for something else, and letters of many kinds. */
const word = fc.oneof(
  fc.constantFrom(
    "yes",
    "null",
    "1.10",
    "~",
    "- a",
    "a: b",
    "#x",
    "<<",
    "&a",
    "'",
    '"',
    "é\u2028z",
    " a ",
  ),
  fc
    .string({ minLength: 1, unit: "grapheme" })
    .filter((text) => !/[\p{Cc}\u2028\u2029\uFFFD[\\]/u.test(text) && text.trim() !== ""),
);
const ruleName = word.filter((each) => !/[\p{Cc}\u2028\u2029]/u.test(each));
const text = word.filter((each) => !each.startsWith("/"));
const labelText = text.filter((each) => !each.startsWith("="));
const name = fc.constantFrom("a", "dev-*", "1", "x?", "[a-c]*", "linux", "/^v\\d+$/", "sha256*");
const oneOrMany = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof(arbitrary, fc.array(arbitrary, { minLength: 1, maxLength: 3 }));
const durationMs = fc.oneof(fc.nat(10 ** 12), fc.constantFrom(0, 3_600_000, 604_800_000));
const bytes = fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 1, 1e9, 2 ** 30, 512 * 2 ** 20, 1234));
const count = fc.integer({ min: 1, max: 1000 });
const share = fc.nat(1000).map((mille) => mille / 1000);
const amount: fc.Arbitrary<Amount> = fc.oneof(fc.record({ share }), fc.record({ bytes }));
const yes = fc.constant<true>(true);

type Simple = Omit<Match, "any" | "all" | "not" | "anyName" | "by" | "olderThan">;

const simpleMatch = some<Simple>({
  reference: oneOrMany(name),
  registry: oneOrMany(fc.constantFrom("docker.io", "host:5000", "/x$/")),
  repository: oneOrMany(name),
  tag: oneOrMany(fc.oneof(name, fc.constantFrom({ semver: "*" }, { semver: ">=1.2 <2" }))),
  label: oneOrMany(labelText),
  state: fc.constantFrom("untagged", "dangling", "unused", "stopped", "running", "referrer"),
  digest: oneOrMany(fc.constantFrom("sha256:0f*", "*", "/^sha256:0/")),
  platform: oneOrMany(fc.constantFrom("linux/amd64", "linux/*", "**", "/arm/")),
  target: oneOrMany(text),
  namesAtLeast: count,
  largerThanBytes: fc.nat(1e9),
  smallerThanBytes: fc.integer({ min: 2e9, max: 4e9 }),
  createdBefore: fc.constantFrom("app:1", "0f1e2d"),
  createdAfter: fc.constantFrom("1.10", "host:5000/team/app"),
});
const agedMatch: fc.Arbitrary<Match> = fc.record(
  { olderThan: durationMs, by: fc.constantFrom("active", "used", "arrived", "created") },
  { requiredKeys: ["olderThan"] },
);
const match: fc.Arbitrary<Match> = fc.letrec<{ match: Match }>((tie) => {
  const several = fc.array(tie("match"), { minLength: 1, maxLength: 2 });
  return {
    match: fc.oneof(
      { maxDepth: 2, depthSize: "small" },
      simpleMatch,
      agedMatch,
      fc.record({ any: several }),
      fc.record({ all: several, state: fc.constant("unused") }),
      fc.record({ not: tie("match"), tag: name }),
      fc.record({ anyName: tie("match") }),
    ),
  };
}).match;

const criterion = fc.oneof(
  fc.constant<Keep>({}),
  fc.constant<Keep>({ always: true }),
  fc.record(
    {
      last: count,
      within: durationMs,
      daily: count,
      weekly: count,
      monthly: count,
      yearly: count,
      perMajor: count,
      perMinor: count,
      by: fc.constantFrom("active", "used", "arrived", "created", "version"),
      per: fc.constantFrom<NonNullable<Keep["per"]>[]>(
        "repository",
        "target",
        { tagPattern: "^(.+)-\\d+$" },
        { tagPattern: "/v(1)/" },
      ),
      among: fc.constantFrom("rule", "match"),
    },
    { requiredKeys: ["last"] },
  ),
);
const keep: fc.Arbitrary<Keep> = fc.oneof(
  criterion,
  fc
    .array(
      criterion.filter((each) => Object.keys(each).length > 0),
      { minLength: 1, maxLength: 3 },
    )
    .map((anyOf) => ({ anyOf })),
);

const imageRule = fc
  .tuple(
    fc.record({ match, keep }),
    some<Omit<ImageRule, "name" | "match" | "keep" | "position">>({
      decides: fc.constantFrom("both", "keep", "remove"),
      untag: fc.constantFrom<(boolean | "only")[]>(true, false, "only"),
      recovery: fc.constantFrom("off", "record", "archive", "backup"),
      underPressure: yes,
      onlyUnderPressure: fc.boolean(),
    }),
  )
  .map(([needed, options]) => ({ ...needed, ...options }));

const named = <T extends object>(rule: fc.Arbitrary<T>) =>
  fc
    .uniqueArray(fc.tuple(ruleName, rule), { maxLength: 4, selector: ([each]) => each.trim() })
    .map((rules) => rules.map(([each, rest]) => ({ name: each, ...rest })));

const resourceMatch = (state: boolean) =>
  some<ResourceMatch>({
    name: oneOrMany(text),
    label: oneOrMany(labelText),
    image: state ? oneOrMany(text) : fc.constant(undefined as never),
    state: state ? fc.constantFrom("exited", "created", "dead") : fc.constant(undefined as never),
    driver: state ? fc.constant(undefined as never) : oneOrMany(text),
  }).map((each) => JSON.parse(JSON.stringify(each)) as ResourceMatch);
const limited = (state: boolean) =>
  fc.record(
    {
      within: durationMs,
      match: fc.array(resourceMatch(state), { minLength: 1, maxLength: 2 }),
      except: fc.array(resourceMatch(state), { minLength: 1, maxLength: 2 }),
    },
    { requiredKeys: ["within"] },
  );
const containerRule = fc
  .tuple(
    limited(true),
    fc.constantFrom<ContainerRule["states"][]>(
      ["exited"],
      ["created"],
      ["exited", "created"],
      ["created", "exited"],
    ),
  )
  .map(([rule, states]) => ({ ...rule, states }));
const volumeRule = fc.oneof(
  limited(false).map((rule) => ({ ...rule, which: "anonymous" as const })),
  limited(false).map((rule) => ({
    ...rule,
    which: "named" as const,
    match: [{ label: "tmp" }],
    recovery: "archive" as const,
  })),
) satisfies fc.Arbitrary<Omit<VolumeRule, "name">>;
const allowance = fc
  .record({ maxUsed: amount, minFree: amount, reserved: amount }, { requiredKeys: [] })
  .filter((each) => Object.keys(each).length > 0);
const cacheRule = some<Omit<BuildCacheRule, "name" | "position">>({
  types: fc.array(fc.constantFrom(...CACHE_TYPES), { minLength: 1, maxLength: 2 }),
  within: durationMs,
  atMostBytes: bytes,
  unshared: yes,
  whileAbove: allowance,
}).map((rule) => ({ within: 0, ...rule }));

const target: fc.Arbitrary<PolicyTarget> = fc.oneof(
  fc
    .constantFrom("default", "ssh://me@host", "build box")
    .map((address) => ({ kind: "engine" as const, address })),
  text.map((directory) => ({ kind: "layout" as const, directory })),
  fc.record({
    kind: fc.constant("registry" as const),
    address: fc.constantFrom("https://registry.example.com", "localhost:5000"),
    repositories: fc.array(name),
  }),
);
const headroom = fc
  .tuple(share, share, fc.constantFrom(undefined, "disk", "images"))
  .map(([a, b, of]) => ({
    ...(of === undefined ? {} : { of }),
    start: { share: Math.max(a, b) },
    stop: { share: Math.min(a, b) },
  }));

const policy: fc.Arbitrary<Policy> = fc
  .record(
    {
      protect: fc.array(
        match.filter((each) => !matchesEverything(each)),
        { maxLength: 3 },
      ),
      images: named(imageRule),
      limits: some<NonNullable<Policy["limits"]>>({
        imageShare: share,
        imageCount: count,
        bytes,
        wholeRepositories: fc.constant("stop"),
      }),
      targets: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_.-]{0,5}$/), target, {
        minKeys: 1,
        maxKeys: 3,
      }),
      containers: named(containerRule),
      volumes: named(volumeRule),
      networks: named(limited(false)),
      buildCache: named(cacheRule),
      headroom,
      recovery: fc.record(
        {
          mode: fc.constantFrom("auto", "off", "record", "archive"),
          keep: durationMs,
          atMostBytes: bytes,
          backup: fc.constantFrom("registry.example.com/backups", "host:5000/team/bin"),
        },
        { requiredKeys: ["mode"] },
      ),
      schedule: fc.constantFrom("0 2 * * 0", "*/5 * * * 1-5"),
      timeZone: fc.constantFrom("UTC", "Europe/Berlin"),
    },
    { requiredKeys: ["protect", "images", "limits"] },
  )
  .chain((parts) => {
    const engines = Object.entries(parts.targets ?? {}).flatMap(([name, { kind }]) =>
      kind === "engine" ? [name] : [],
    );
    return fc
      .subarray(engines)
      .map((inUseOn) => ({ ...parts, ...(engines.length > 0 ? { inUseOn } : {}) }));
  })
  .map((parts) => ({ source: "arbitrary", ...withoutEmpty(parts) }))
  .filter(({ images }) => shadowedRules(images).length === 0);

/** An empty list of rules is the same as none, and is not written. */
function withoutEmpty<T extends object>(parts: T): T {
  const entries = Object.entries(parts).filter(
    ([key, value]) =>
      ["protect", "images", "inUseOn"].includes(key) || !Array.isArray(value) || value.length > 0,
  );
  return Object.fromEntries(entries) as T;
}

test("whatever policy is written reads back as it is", () => {
  fc.assert(
    fc.property(policy, fc.array(fc.record({ rule: word, text: fc.string() })), (each, remarks) => {
      expect(readBack(writePolicy(each, remarks))).toEqual(plain(each));
    }),
    { numRuns: 100 },
  );
});

test("remarks are comments: above their rule, or at the top", () => {
  const images: readonly ImageRule[] = [{ name: "a", match: {}, keep: { last: 1 } }];
  const remarks = [
    { text: "From elsewhere.\r\nversion: 2\u2028x: 1" },
    { rule: "a", text: "Keeps one." },
    { rule: "lost", text: "Has no rule." },
  ];
  expect(
    writePolicy(
      { source: "", protect: [], images, limits: { wholeRepositories: "stop" } },
      remarks,
    ),
  ).toBe(`# yaml-language-server: $schema=plimsoll-policy.schema.json
# From elsewhere. version: 2 x: 1
# lost: Has no rule.

version: 1
images:
  # Keeps one.
  - name: a
    keep: { last: 1 }
`);
});
