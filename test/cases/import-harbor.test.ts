import { describeImports, describeRefusals, registryOf } from "./imported-cases.ts";

type Json = Readonly<Record<string, unknown>>;

const doublestar = (decoration: string, pattern: string, extras?: string): Json => ({
  kind: "doublestar",
  decoration,
  pattern,
  ...(extras === undefined ? {} : { extras }),
});
const matches = (pattern: string, extras?: string): Json => doublestar("matches", pattern, extras);
const excludes = (pattern: string, extras?: string): Json =>
  doublestar("excludes", pattern, extras);
const inRepositories = (...selectors: readonly Json[]): Json => ({
  scope_selectors: { repository: selectors },
});
const EVERYWHERE = inRepositories(doublestar("repoMatches", "**"));

interface Retain extends Json {
  readonly template: string;
}

function retention(...rules: readonly Retain[]): Json {
  return {
    id: 7,
    algorithm: "or",
    rules: rules.map((rule, index) => ({
      id: index + 1,
      priority: 1,
      disabled: false,
      action: "retain",
      params: {},
      tag_selectors: [matches("**")],
      ...EVERYWHERE,
      ...rule,
    })),
    trigger: { kind: "Schedule", settings: { cron: "0 0 0 * * *" }, references: { job_id: "1" } },
    scope: { level: "project", ref: 3 },
  };
}

function immutable(...selectors: readonly Json[]): Json {
  return {
    id: 1,
    project_id: 3,
    disabled: false,
    action: "immutable",
    template: "immutable_template",
    tag_selectors: selectors,
    ...EVERYWHERE,
  };
}

const always = (...tags: readonly Json[]): Retain => ({ template: "always", tag_selectors: tags });
const latest = (template: string, count?: unknown): Retain => ({
  template,
  params: count === undefined ? {} : { [template]: count },
});

const PUSHED = "p0@5d p1@4d p2@3d p3@2d p4@1d";
const TAGS = "a[latest]@9d b[4.0]@9d c[4.1]@9d d[]@9d e[5.0]@9d";

describeImports("harbor", [
  {
    id: "HAR-01",
    what: "what no rule retains goes",
    policy: retention(always(matches("latest"))),
    holds: "latest@1d dev@1d",
    deletes: "dev",
  },
  {
    id: "har-or",
    what: "an artifact that any rule retains stays, and each rule counts all of them",
    policy: retention(
      { ...latest("latestPushedK", 1), tag_selectors: [matches("dev-*")] },
      latest("latestPushedK", 2),
      always(matches("{main,release-*}")),
    ),
    holds: "main@90d release-1@80d dev-1@3d dev-2@2d other-1@1d other-2@4d",
    deletes: "dev-1 other-2",
  },
  {
    id: "HAR-02",
    what: "an immutable tag keeps its artifact with every tag",
    policy: [retention(always(matches("latest"))), [immutable(matches("immute"))]],
    holds: "d0[latest]@1d d1[dev]@1d d2[immute,samedig]@1d",
    deletes: "d1",
  },
  {
    id: "HAR-03",
    what: "immutable but in repositories that are left out",
    policy: [
      retention({ template: "nothing" }),
      {
        ...immutable(matches("build-*")),
        ...inRepositories(doublestar("repoExcludes", "qa/**")),
      },
    ],
    holds:
      "qa[build-42]@1d=harbor.example.com/library/qa/mobile/backend prod[build-42]@1d=harbor.example.com/library/prod/mobile/backend project[build-42]@1d=harbor.example.com/qa/mobile/backend",
    deletes: "qa",
  },
  {
    id: "har-scope",
    what: "repositories in no rule's scope are left alone",
    policy: retention({
      ...latest("latestPushedK", 1),
      ...inRepositories(doublestar("repoMatches", "{web,api}-*")),
    }),
    holds:
      "a1@2d=h.example.com/p/web-1 a2@1d=h.example.com/p/web-1 b1@2d=h.example.com/p/api-1 c1@2d=h.example.com/p/db c2@1d=h.example.com/p/db",
    deletes: "a1",
  },
  {
    id: "HAR-05",
    what: "always, by tag, with a list of labels that is empty",
    policy: retention(
      always(matches("latest"), { kind: "label", decoration: "with", pattern: "" }),
    ),
    holds: "latest@1d dev@1d",
    deletes: "dev",
  },
  {
    id: "har-labels",
    what: "labels have no equal: more is kept",
    policy: retention(always(matches("v*"), { kind: "label", decoration: "with", pattern: "L1" })),
    holds: "v1@1d dev@1d",
    deletes: "dev",
    remarks: 'label with "L1"',
  },
  ...[
    { k: 0, deletes: "p0 p1 p2 p3 p4" },
    { k: 1, deletes: "p0 p1 p2 p3" },
    { k: 3, deletes: "p0 p1" },
    { k: 5, deletes: "" },
    { k: 6, deletes: "" },
    { k: -1, deletes: "" },
    { k: undefined, deletes: "" },
    { k: "three", deletes: "" },
  ].map(({ k, deletes }) => ({
    id: "HAR-06",
    what: `the latest pushed ${JSON.stringify(k) ?? "(no number)"} of five`,
    policy: retention(latest("latestPushedK", k)),
    holds: PUSHED,
    deletes,
  })),
  {
    id: "HAR-06-default",
    what: "without a number ten stay",
    policy: retention(latest("latestPushedK")),
    holds: Array.from({ length: 12 }, (_, n) => `i${n + 10}@${n + 1}d`).join(" "),
    deletes: "i20 i21",
    remarks: "its default is 10",
  },
  {
    id: "HAR-07",
    what: "the latest three pulled",
    policy: retention(latest("latestPulledN", 3)),
    holds: "p0@9d/5d p1@9d/4d p2@9d/3d p3@9d/2d p4@9d/1d",
    deletes: "p0 p1",
  },
  {
    id: "har-days",
    what: "pushed, or pulled, within days",
    policy: retention(latest("nDaysSinceLastPush", 3), latest("nDaysSinceLastPull", 5)),
    holds: "a@2d/2d b@4d/4d c@9d/6d d@9d/1d",
    deletes: "c",
  },
  {
    id: "har-active",
    what: "the latest pushed or pulled",
    policy: retention(latest("latestActiveK", 2)),
    holds: "a@9d/1d b@2d c@3d d@8d/7d",
    deletes: "c d",
  },
  {
    id: "HAR-09",
    what: "alternatives of tags, and artifacts without one",
    policy: retention(always(matches("{latest,4.*}", '{"untagged":false}'))),
    holds: TAGS,
    deletes: "d e",
  },
  {
    id: "HAR-09-untagged",
    what: "artifacts without a tag are selected where nothing is said",
    policy: retention(always(matches("4.*"))),
    holds: TAGS,
    deletes: "a e",
  },
  {
    id: "HAR-09-excludes",
    what: "all but some tags, and artifacts without one",
    policy: retention(always(excludes("{latest,4.*}"))),
    holds: "a[latest]@9d b[4.0]@9d c[4.1]@9d d[]@9d",
    deletes: "a b c",
  },
  {
    id: "HAR-09-excludes-untagged",
    what: "all but some tags, and not those without one",
    policy: retention(always(excludes("{latest,4.*}", '{"untagged":true}'))),
    holds: "a[latest]@9d b[4.0]@9d c[4.1]@9d d[]@9d",
    deletes: "a b c d",
  },
  {
    id: "HAR-10",
    what: "one tag of several is enough",
    policy: retention(always(matches("v*"))),
    holds: "a[v1,latest]@9d b[dev,latest-dev]@9d",
    deletes: "b",
  },
  {
    id: "HAR-10-excludes",
    what: "one other tag is enough",
    policy: retention(always(excludes("v*"))),
    holds: "a[v1,latest]@9d b[v2,v3]@9d",
    deletes: "b",
  },
  {
    id: "HAR-11",
    what: "children go with the last index that has them, signatures with what they sign",
    policy: retention(always(matches("keep", '{"untagged":false}'))),
    holds:
      "gone[old]@9d{own,shared} kept[keep]@9d{shared} own[]@9d shared[]@9d signature[]@9d>own other[]@9d>shared",
    deletes: "gone own signature",
  },
  {
    id: "HAR-13",
    what: "a pull is a use, a scanner's too: it keeps",
    policy: retention(latest("nDaysSinceLastPull", 5)),
    holds: "scanned@90d/1h forgotten@90d/30d never@90d",
    deletes: "forgotten never",
  },
  {
    id: "HAR-14",
    what: "whether a tag is immutable could not be read",
    differs: "what could not be read is kept",
    policy: retention(always(matches("latest"))),
    holds: {
      target: "registry",
      images: {
        latest: { names: "h.example.com/p/app:latest" },
        dev: { names: "h.example.com/p/app:dev", unreadable: "its immutability could not be read" },
      },
    },
    deletes: "",
  },
  {
    id: "HAR-15",
    what: "four tags of one digest take one place",
    policy: retention(latest("latestPushedK", 2)),
    holds: "one[a,b,c,d]@1d two[e]@2d three[f]@3d",
    deletes: "three",
  },
  {
    id: "har-disabled",
    what: "a rule that is switched off retains nothing",
    policy: retention({ ...always(matches("dev")), disabled: true }, always(matches("latest"))),
    holds: "latest@1d dev@1d",
    deletes: "dev",
    remarks: "switched off",
  },
  {
    id: "har-running",
    what: "what a container runs stays",
    policy: retention({ template: "nothing" }),
    holds: { ...registryOf("A[v1]@90d B[v2]@90d"), containers: { service: { image: "A" } } },
    deletes: "B",
  },
]);

describeRefusals("harbor", [
  {
    id: "HAR-06-refused",
    what: "more than Harbor can count",
    policy: retention(latest("latestPushedK", 32_767)),
    problems: ["must be less than 32767"],
  },
  {
    id: "har-mistakes",
    what: "every mistake is said",
    policy: retention(
      { template: "newest", tag_selectors: [{ ...matches("{a"), kind: "glob" }] },
      { template: "always", tag_selectors: [matches("{a", "yes")], action: "remove" },
      { template: "always", ...inRepositories(doublestar("matches", "a")), unit: 1 },
    ),
    problems: [
      "kind",
      '"newest" is not a template',
      "action",
      '"{a" is not a glob',
      "extras",
      "decoration",
      "unit: is not known here",
    ],
  },
  {
    id: "har-two",
    what: "two policies, and something else",
    policy: [retention(), retention(), { id: 1 }],
    problems: ["more than one retention policy", "neither a retention policy"],
  },
]);
