import { idOf } from "../fixtures/host-in-words.ts";
import { describeImports, describeRefusals } from "./imported-cases.ts";

const REGION = "europe-west1-docker.pkg.dev/project/images";

/** As gcloud takes them. */
const DOCUMENTED = [
  {
    name: "delete-prerelease",
    action: { type: "Delete" },
    condition: { tagState: "tagged", tagPrefixes: ["alpha", "v0"], olderThan: "30d" },
  },
  {
    name: "keep-tagged-release",
    action: { type: "Keep" },
    condition: {
      tagState: "tagged",
      tagPrefixes: ["release"],
      packageNamePrefixes: ["webapp", "mobile"],
    },
  },
  {
    name: "keep-minimum-versions",
    action: { type: "Keep" },
    mostRecentVersions: { packageNamePrefixes: ["webapp", "mobile", "sandbox"], keepCount: 1 },
  },
];

describeImports("gar", [
  {
    id: "GAR-01",
    what: "a version that a policy keeps outlives the two that delete it",
    policy: [
      { name: "old", action: { type: "Delete" }, condition: { olderThan: "100d" } },
      {
        name: "keep-version",
        action: { type: "Keep" },
        condition: { versionNamePrefixes: [idOf("B").slice(0, 20)] },
      },
      {
        name: "default",
        action: { type: "Delete" },
        condition: { tagState: "tagged", tagPrefixes: ["default"] },
      },
    ],
    holds: "A[default]@120d B[default]@150d C[patch]@20d",
    deletes: "A",
  },
  {
    id: "GAR-02",
    what: "without a policy that deletes nothing goes",
    policy: [{ name: "five", action: { type: "Keep" }, mostRecentVersions: { keepCount: 5 } }],
    holds: Array.from({ length: 30 }, (_, n) => `v${n}@${n + 1}d`).join(" "),
    deletes: "",
    remarks: "no DELETE policy",
  },
  {
    id: "GAR-03",
    what: "older than a day, but for the latest two",
    policy: [
      { name: "old", action: { type: "Delete" }, condition: { tagState: "any", olderThan: "1d" } },
      { name: "two", action: { type: "Keep" }, mostRecentVersions: { keepCount: 2 } },
    ],
    holds: "V1@5d V2@4d V3@3d V4@1h",
    deletes: "V1 V2",
  },
  {
    id: "gar-api",
    what: "as a repository of the API has them",
    policy: {
      cleanupPolicies: {
        old: { id: "old", action: "DELETE", condition: { tagState: "ANY", olderThan: "86400s" } },
        two: { id: "two", action: "KEEP", mostRecentVersions: { keepCount: 2 } },
      },
    },
    holds: "V1@5d V2@4d V3@3d V4@1h",
    deletes: "V1 V2",
  },
  {
    id: "gar-packages",
    what: "prefixes of tags and packages, counts within a package",
    policy: DOCUMENTED,
    holds: [
      `w1[alpha-1]@90d=${REGION}/webapp`,
      `w2[alpha-2]@80d=${REGION}/webapp`,
      `w3[alpha-3,release-3]@85d=${REGION}/webapp`,
      `a1[v0.1]@90d=${REGION}/api/v2`,
      `a2[release-1]@90d=${REGION}/api/v2`,
      `a3[v0.2]@20d=${REGION}/api/v2`,
      `s1[alpha-1]@90d=gcr.io/project/sandbox/deep`,
    ].join(" "),
    deletes: "a1 w1",
  },
  {
    id: "gar-untagged",
    what: "untagged for more than a week, but for new ones",
    policy: [
      { name: "untagged", action: { type: "Delete" }, condition: { tagState: "untagged" } },
      {
        name: "new",
        action: { type: "Keep" },
        condition: { tagState: "untagged", newerThan: "7d" },
      },
    ],
    holds: "U1[]@8d U2[]@6d T[v1]@90d U3[]@-",
    deletes: "U1",
  },
  {
    id: "gar-children",
    what: "the manifests of an index that stays",
    policy: [{ name: "untagged", action: { type: "Delete" }, condition: { tagState: "untagged" } }],
    holds: "index[v1]@90d{child} child[]@90d orphan[]@90d",
    deletes: "orphan",
  },
]);

describeRefusals("gar", [
  {
    id: "gar-recent-delete",
    what: "the most recent versions are kept, not deleted",
    policy: [{ name: "a", action: { type: "Delete" }, mostRecentVersions: { keepCount: 2 } }],
    problems: ["goes with the action KEEP only"],
  },
  {
    id: "gar-both",
    what: "a condition and the most recent versions at once, a name twice",
    policy: [
      { name: "a", action: "KEEP", condition: {}, mostRecentVersions: { keepCount: 2 } },
      { name: "a", action: "KEEP", condition: {} },
    ],
    problems: ["either condition or mostRecentVersions", 'two policies have the name "a"'],
  },
  {
    id: "gar-mistakes",
    what: "every mistake is said",
    policy: [
      {
        name: "a",
        action: { type: "Purge" },
        condition: { tagState: "some", olderThan: "30", newer: "1d" },
      },
    ],
    problems: ["Keep or Delete", "tagState", "olderThan", "newer: is not known here"],
  },
  {
    id: "gar-other",
    what: "something else",
    policy: { rules: [] },
    problems: ["neither a list of cleanup policies"],
  },
]);
