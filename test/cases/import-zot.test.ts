import { describeImports, describeRefusals } from "./imported-cases.ts";

/** 7 and 8 are indexes. */
const S =
  "1[0.0.1]@10d/10d 2[0.0.2]@11d/11d 3[0.0.3]@12d/12d 7[0.0.7]@13d/13d 4[0.0.4]@1d/1d 5[0.0.5]@2d/2d 6[0.0.6]@3d/2d 8[0.0.8]@4d/4d";

/** An image with two tags, what is attached to it, what is attached to that, and a manifest without a tag. */
const REFERRED = "X[0.0.1,0.0.2]@2d ref1[]@2d>X ref2[]@2d>ref1 U[]@2d";

function zot(policy: object, retention: object = {}): unknown {
  return {
    storage: {
      rootDirectory: "/tmp/zot",
      gc: true,
      retention: { ...retention, policies: [{ repositories: ["**"], ...policy }] },
    },
  };
}

/** The project's own example, but for names. */
const DOCUMENTED = {
  distSpecVersion: "1.1.0",
  storage: {
    gcDelay: "2h",
    gcInterval: "1h",
    retention: {
      dryRun: false,
      delay: "24h",
      policies: [
        {
          repositories: ["infra/*", "prod/*"],
          deleteReferrers: false,
          keepTags: [
            { patterns: ["v2.*", ".*-prod"] },
            { patterns: ["v3.*", ".*-prod"], pulledWithin: "168h" },
          ],
        },
        {
          repositories: ["tmp/**"],
          deleteReferrers: true,
          deleteUntagged: true,
          keepTags: [{ patterns: ["v1.*"], pulledWithin: "168h", pushedWithin: "168h" }],
        },
        {
          repositories: ["**"],
          deleteReferrers: true,
          deleteUntagged: true,
          keepTags: [
            {
              mostRecentlyPushedCount: 1,
              mostRecentlyPulledCount: 1,
              pulledWithin: "720h",
              pushedWithin: "720h",
            },
          ],
        },
      ],
    },
    subPaths: {
      "/a": {
        rootDirectory: "/tmp/zot1",
        dedupe: true,
        retention: { policies: [{ repositories: ["infra/*", "prod/*"], deleteReferrers: false }] },
      },
    },
  },
  http: { address: "127.0.0.1", port: "8080" },
};

describeImports("zot", [
  {
    id: "ZOT-01",
    what: "every tag of a pattern stays",
    policy: zot({ keepTags: [{ patterns: ["0.0.*"] }] }),
    holds: S,
    deletes: "",
  },
  {
    id: "ZOT-02",
    what: "without entries every tag stays",
    policy: zot({}),
    holds: S,
    deletes: "",
  },
  {
    id: "ZOT-03",
    what: "pulled or pushed within 7 days",
    policy: zot({ keepTags: [{ patterns: [".*"], pulledWithin: "168h", pushedWithin: "168h" }] }),
    holds: S,
    deletes: "1 2 3 7",
  },
  {
    id: "zot-pulled",
    what: "a push counts as a pull",
    policy: zot({ keepTags: [{ pulledWithin: "168h" }] }),
    holds: "pushed[v1]@3d/3d pulled[v2]@90d/3d neither[v3]@90d/30d",
    deletes: "neither",
  },
  {
    id: "ZOT-04",
    what: "the three latest pushed",
    policy: zot({ keepTags: [{ patterns: [".*"], mostRecentlyPushedCount: 3 }] }),
    holds: S,
    deletes: "1 2 3 7 8",
    remarks: "zot counts tags",
  },
  {
    id: "zot-first-entry",
    what: "the first entry whose pattern a tag has decides about it",
    policy: zot({
      keepTags: [
        { patterns: ["^v1"], mostRecentlyPushedCount: 1 },
        { patterns: ["^v"], pushedWithin: "72h" },
      ],
    }),
    holds: "v1.0@1d v1.1@2d v2.0@2d v2.1@4d other@1h",
    deletes: "other v1.1 v2.1",
  },
  {
    id: "ZOT-09-a",
    what: "an entry for every tag, and a delay that is not over",
    policy: zot({ keepTags: [{}] }, { delay: "72h" }),
    holds: REFERRED,
    deletes: "",
  },
  {
    id: "ZOT-09-b",
    what: "the delay is over: what is attached to what stays, stays",
    policy: zot({ deleteReferrers: true, keepTags: [{}] }, { delay: "1ms" }),
    holds: REFERRED,
    deletes: "U",
  },
  {
    id: "ZOT-09-c",
    what: "no tag is kept: all of the repository goes",
    policy: zot({ deleteReferrers: true, keepTags: [{ patterns: ["v1"] }] }, { delay: "1ms" }),
    holds: REFERRED,
    deletes: "U X ref1 ref2",
  },
  {
    id: "ZOT-09-d",
    what: "repositories of no policy: untagged manifests go, referrers stay",
    policy: {
      delay: "1ms",
      policies: [{ repositories: ["retention"], keepTags: [{ patterns: ["none"] }] }],
    },
    holds: REFERRED,
    deletes: "U",
  },
  {
    id: "zot-orphaned-referrer",
    what: "what is attached to an image that is gone goes only where that is asked for",
    policy: {
      delay: "1ms",
      policies: [
        { repositories: ["team/*"], deleteReferrers: true },
        { repositories: ["**"], deleteReferrers: false },
      ],
    },
    holds: "A[]@2d>gone B[]@2d>gone=registry.example.com/b",
    deletes: "A",
  },
  {
    id: "ZOT-11",
    what: "signatures under tags, of an image that is gone and of one that stays",
    policy: zot({ deleteReferrers: true, keepTags: [{ patterns: ["^v"] }] }, { delay: "24h" }),
    holds: [
      "X[v1]@90d",
      `kept[sha256-${"a".repeat(64)}.sig]@90d>X`,
      `lost[sha256-${"b".repeat(64)}.sig]@90d>gone`,
      `young[sha256-${"c".repeat(64)}.sbom]@1h>gone`,
      `unclear[sha256-${"d".repeat(64)}.sig]@90d`,
    ].join(" "),
    deletes: "lost",
  },
  {
    id: "ZOT-12",
    what: "an index of which a child is missing stays, with the others",
    policy: zot({ keepTags: [{ patterns: ["^v"] }] }, { delay: "1ms" }),
    holds: "index[v1]@9d{here,missing} here[]@9d",
    deletes: "",
  },
  {
    id: "ZOT-13",
    what: "an entry makes every tag go that matches none",
    policy: zot({ keepTags: [{ patterns: ["^release-"] }] }),
    holds: "release-1@90d main@90d",
    deletes: "main",
  },
  {
    id: "zot-example",
    what: "several policies, the first that matches decides about a repository",
    policy: DOCUMENTED,
    holds: [
      "i1[v2.1]@90d/90d=zot.example.com/infra/dns",
      "i2[v3.1]@90d/90d=zot.example.com/infra/dns",
      "i3[v3.1-prod]@90d/90d=zot.example.com/infra/dns",
      "t1[v1.1]@90d/3d=zot.example.com/tmp/deep/er",
      "t2[v1.2]@90d/90d=zot.example.com/tmp",
      "r1[any]@90d/90d=zot.example.com/infra/deep/er",
      "r2[thing]@91d/91d=zot.example.com/infra/deep/er",
      "a1[v9]@90d/90d=zot.example.com/a/rest",
      "u1[]@90d=zot.example.com/a/infra/dns",
    ].join(" "),
    deletes: "i2 r2 t2 u1",
  },
  {
    id: "zot-gc-off",
    what: "where nothing is collected nothing goes",
    policy: {
      storage: {
        gc: false,
        retention: { policies: [{ repositories: ["**"], keepTags: [{ patterns: ["x"] }] }] },
      },
    },
    holds: S,
    deletes: "",
    remarks: "gc is off",
  },
  {
    id: "zot-alternatives",
    what: "alternatives in the glob of a repository",
    policy: {
      policies: [
        { repositories: ["{team,infra}/{app,web-*}"], keepTags: [{ patterns: ["none"] }] },
      ],
    },
    holds: "A@9d B@9d=z.example.com/infra/web-1 C@9d=z.example.com/team/other",
    deletes: "A B",
  },
]);

describeRefusals("zot", [
  {
    id: "zot-mistakes",
    what: "every mistake is said",
    policy: {
      retention: {
        delay: "soon",
        policies: [
          { repoNames: ["**"], keepTags: [{ patterns: ["("], pulledWithin: 7 }] },
          { repositories: ["{a"], deleteUntagged: "yes" },
        ],
      },
    },
    problems: [
      "delay",
      "repositories: is missing",
      '"(" is not an RE2 expression',
      "pulledWithin",
      "repoNames: is not known here",
      '"{a" is not a glob',
      "deleteUntagged",
    ],
  },
]);
