import { expect } from "vitest";

import { deletedBy, planFor } from "../fixtures/host-in-words.ts";
import { testCases } from "./case-table.ts";
import { describeImports, describeRefusals, importedPolicy, registryOf } from "./imported-cases.ts";

const count = (value: number, more: object = {}) => ({ method: "number_of_tags", value, ...more });
const age = (value: string, more: object = {}) => ({ method: "creation_date", value, ...more });
const like = (tagPattern: string, tagPatternMatches = true) => ({ tagPattern, tagPatternMatches });
const policies = (...all: readonly object[]) => ({ policies: all });
/** Tags pushed one hour apart, the newest first. */
const newestFirst = (...tags: readonly string[]) =>
  tags.map((tag, place) => `${tag}@${place + 1}h`).join(" ");

const ORG = "quay.example.com/org";
const REPO1 = "a1@1h b1@2h c1@3h d1@4d e1@5d".split(" ").map((image) => `${image}=${ORG}/repo1`);
const REPO2 = "a2@1h b2@2h c2@3h d2@4h e2@5h f2@6h g2@7h"
  .split(" ")
  .map((image) => `${image}=${ORG}/repo2`);

describeImports("quay", [
  {
    id: "QU-01",
    what: "of those that the pattern finds three stay",
    policy: policies({ uuid: "1", ...count(3, like("match.*")) }),
    holds: newestFirst("match1", "match2", "match3", "match4", "test1", "test2", "test3", "test4"),
    deletes: "match4",
  },
  {
    id: "QU-03",
    what: "of those that the pattern does not find three stay",
    policy: policies(count(3, like("match.*", false))),
    holds: newestFirst("test1", "test2", "test3", "test4", "test5"),
    deletes: "test4 test5",
  },
  {
    id: "QU-03-all",
    what: "what the pattern finds is left alone",
    policy: policies(count(3, like("match.*", false))),
    holds: newestFirst("match1", "match2", "match3", "match4", "match5"),
    deletes: "",
  },
  {
    id: "QU-04",
    what: "older than five days, of those that the pattern finds",
    policy: age("5d", like("match.*")),
    holds: "match1@6d match2@7d match3@8d match4@1d test1@1d",
    deletes: "match1 match2 match3",
  },
  {
    id: "QU-04-not",
    what: "older than five days, of those that it does not find",
    policy: age("5d", { tag_pattern: "match.*", tag_pattern_matches: false }),
    holds: "match1@6d test1@7d test2@8d test3@1d test4@1d",
    deletes: "test1 test2",
  },
  {
    id: "QU-07",
    what: "the namespace's policy and the repository's both hold",
    policy: [
      { namespace: "org", policies: [count(6)] },
      { repository: "org/repo1", policies: [age("3d")] },
    ],
    holds: [...REPO1, ...REPO2].join(" "),
    deletes: "d1 e1 g2",
  },
  {
    id: "QU-07-order",
    what: "ages come first, so that what is left is counted",
    policy: policies(count(4), age("3d")),
    holds: "a@1h b@2h c@3h d@4d e@5d",
    deletes: "d e",
  },
  {
    id: "QU-07-strictest",
    what: "of two that count the stricter one wins",
    policy: policies(count(4), count(2)),
    holds: newestFirst("a", "b", "c", "d", "e"),
    deletes: "c d e",
  },
  {
    id: "QU-08-said",
    what: "that some tags are immutable has to be said",
    policy: policies(count(3)),
    holds: newestFirst("a", "b", "c"),
    deletes: "",
    remarks: "immutable",
  },
  {
    id: "QU-01-cosign",
    what: "signatures neither count nor go",
    policy: policies(count(1)),
    holds: `new@3h old@4h sig[sha256-${"a".repeat(64)}.sig]@1h`,
    deletes: "old",
  },
  {
    id: "QU-01-names",
    what: "of an image that keeps another name only the name goes",
    policy: policies(count(1, like("^build-"))),
    holds: "new[build-2]@1h old[build-1,stable]@2h",
    deletes: "",
    untags: "build-1",
  },
  {
    id: "QU-04-unknown",
    what: "what nobody knows the age of stays",
    policy: age("5d"),
    holds: "a@- b@9d",
    deletes: "b",
  },
]);

describeRefusals("quay", [
  {
    id: "QU-01-refused",
    what: "values that Quay refuses too",
    policy: policies(
      count(0),
      age("7"),
      age("soon"),
      { value: 3 },
      { method: "by_size", value: 1 },
    ),
    problems: [
      "policies[0].value: must be a number of tags above 0, not 0",
      'policies[1].value: must be a time such as "7d", not "7"',
      'policies[2].value: must be a time such as "7d", not "soon"',
      "policies[3].method: is missing",
      'policies[4].method: must be "number_of_tags" or "creation_date", not "by_size"',
    ],
  },
  {
    id: "QU-03-refused",
    what: "an expression outside RE2, a field that is not known, and nothing at all",
    policy: [count(3, like("(?!a)b")), count(3, { tags: "x" }), {}],
    problems: [
      '[0].tagPattern: "(?!a)b" is not an expression that RE2 knows as well',
      "[1].tags: is not known here",
      "[2].policies: is missing, and so is a method",
    ],
  },
]);

testCases(
  "imported from quay, with immutable tags under protect",
  [
    {
      id: "QU-08",
      what: "of four beyond the limit two are immutable and stay",
      policy: count(3),
      holds: newestFirst("a", "b", "c", "d", "fixed-1", "e", "fixed-2"),
      deletes: "d e",
    },
    {
      id: "QU-08-age",
      what: "old, but immutable",
      policy: age("5d"),
      holds: "a@1d b@2d fixed-1@6d fixed-2@7d",
      deletes: "",
    },
  ],
  async ({ policy, holds, deletes }) => {
    const protect = [{ tag: "fixed-*" }];
    const plan = planFor(registryOf(holds), { ...(await importedPolicy("quay", policy)), protect });
    expect(deletedBy(plan).join(" ")).toBe(deletes);
  },
);
