import { expect, test } from "vitest";

import {
  deletedBy,
  keptBy,
  planFor,
  type HostWords,
} from "../../../test/fixtures/host-in-words.ts";
import { policyJsonSchema } from "./json-schema.ts";
import { parsePolicyFile } from "./parse-policy.ts";

/** What a file with these lines decides about a host. */
function planBy(lines: string, host: HostWords): ReturnType<typeof planFor> {
  const outcome = parsePolicyFile(`version: 1\n${lines}\n`, "policy.yaml");
  if ("problems" in outcome) throw new Error(JSON.stringify(outcome.problems));
  return planFor(host, outcome.policy);
}

/** The keys of a part of the language, as editors know them. */
function keysOf(part: "match" | "keep"): readonly string[] {
  const { $defs } = policyJsonSchema() as {
    readonly $defs: Readonly<Record<string, { readonly properties: object }>>;
  };
  return Object.keys($defs[part]?.properties ?? {});
}

const HOST: HostWords = {
  targetName: "build-1",
  images: {
    app: {
      names: "app:1.2 app:latest",
      created: "10d",
      labels: { team: "web" },
      sizeBytes: 2_000_000_000,
    },
    old: {
      names: "registry.example.com/team/old:dev-1",
      created: "90d",
      arrived: "40d",
      platforms: "linux/arm64",
    },
    lost: { created: "5d" },
    seal: { created: "5d", subject: "old" },
    web: { names: "web:3", created: "3d" },
    job: { names: "job:3", created: "3d" },
  },
  containers: { server: { image: "web" }, task: { image: "job", state: "exited", ended: "1d" } },
};

/** Images that the match holds for: it protects them. */
const MATCHES: readonly (readonly [key: string, match: string, holdsFor: string])[] = [
  ["reference", "reference: [app, '**/old:dev-*']", "app old"],
  ["registry", "registry: registry.example.com", "old"],
  ["repository", "repository: ['/^(web|job)$/']", "job web"],
  ["tag", "tag: { semver: '1.x' }", "app"],
  ["tag", "tag: ['dev-*', '/^lat/']", "app old"],
  ["label", "label: team=w*", "app"],
  ["state", "state: untagged", "lost seal"],
  ["state", "state: dangling", "lost seal"],
  ["state", "state: referrer", "seal"],
  ["state", "state: unused, reference: '**'", "app old"],
  ["state", "state: stopped", "job"],
  ["state", "state: running", "web"],
  ["digest", "digest: 'sha256:*'", "app job lost old seal web"],
  ["anyName", "tag: '1.*', anyName: { tag: latest }", "app"],
  ["platform", "platform: linux/arm64", "old"],
  ["target", "target: 'build-*', tag: latest", "app"],
  ["namesAtLeast", "namesAtLeast: 2", "app"],
  ["size", "size: '>1GB <1.9GiB'", "app"],
  ["olderThan", "olderThan: P30D", "old"],
  ["by", "olderThan: 60d, by: created", "old"],
  ["createdBefore", "createdBefore: 'app:1.2'", "old"],
  ["createdAfter", "createdAfter: 'app:1.2', reference: '**'", "job web"],
  ["any", "any: [{ tag: latest }, { platform: linux/arm64 }]", "app old"],
  ["all", "all: [{ tag: '3' }, { state: running }]", "web"],
  ["not", "reference: '**', not: { tag: '3' }", "app old"],
];

test.each(MATCHES)("match: %s: { %s } holds for %s", (_, match, holdsFor) => {
  const plan = planBy(`protect: [{ ${match} }]\nimages: [{ keep: { within: 365d } }]`, HOST);
  const words = Object.keys(HOST.images ?? {}).filter((word) =>
    keptBy(plan, word).includes("protected"),
  );
  expect(words.toSorted().join(" ")).toBe(holdsFor);
});

const VERSIONS: HostWords = {
  images: {
    a: { names: "app:3.0.0", created: "2025-06-01T12:00:00Z" },
    b: { names: "app:1.0.1", created: "2026-09-10T12:00:00Z" },
    c: { names: "app:1.1.0", created: "2026-11-02T12:00:00Z" },
    d: { names: "app:2.0.0", created: "2026-11-20T01:00:00Z" },
    e: { names: "app:2.0.1", created: "2026-11-20T20:00:00Z" },
    z: { names: "other:1", created: "2026-11-21T01:00:00Z" },
  },
};

/** Images that are kept. */
const KEEPS: readonly (readonly [key: string, keep: string, keeps: string])[] = [
  ["within", "{ within: 30d }", "c d e z"],
  ["last", "{ last: 2 }", "d e z"],
  ["daily", "{ daily: 2 }", "c e z"],
  ["weekly", "{ weekly: 2 }", "c e z"],
  ["monthly", "{ monthly: 2 }", "b e z"],
  ["yearly", "{ yearly: 2 }", "a e z"],
  ["perMajor", "{ perMajor: 1 }", "a c e z"],
  ["perMinor", "{ perMinor: 1 }", "a b c e z"],
  ["always", "{ always: true }", "a b c d e z"],
  ["none", "{ none: true }", ""],
  ["by", "{ last: 1, by: version }", "a z"],
  ["per", "{ last: 1, per: target }", "z"],
  ["per", String.raw`{ last: 1, per: '/^(\d+)\./' }`, "a c e z"],
  ["among", "{ last: 2, among: match }", "d e z"],
  ["among", "{ last: 2, among: rule }", "b c d e z"],
  ["within", "[{ within: 1d }, { last: 1, by: version }]", "a e z"],
];

test.each(KEEPS)("keep: %s: %s keeps %s", (key, keep, keeps) => {
  const first = key === "among" ? '{ match: { tag: "2.*" }, keep: { always: true } }, ' : "";
  const gone = deletedBy(planBy(`images: [${first}{ keep: ${keep} }]`, VERSIONS));
  const words = Object.keys(VERSIONS.images ?? {}).filter((word) => !gone.includes(word));
  expect(words.join(" ")).toBe(keeps);
});

test("there is no key that is not tried here", () => {
  expect(new Set(MATCHES.map(([key]) => key))).toEqual(new Set(keysOf("match")));
  expect(new Set(KEEPS.map(([key]) => key))).toEqual(new Set(keysOf("keep")));
});
