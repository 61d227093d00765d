import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { arbitraryInventory } from "../../../test/fixtures/arbitrary-host.ts";
import { arbitraryMatch } from "../../../test/fixtures/arbitrary-rules.ts";
import { idOf, inventoryOf, LIBRARIES, NOW } from "../../../test/fixtures/host-in-words.ts";
import { imageUse } from "../../inventory/image-use.ts";
import type { Answer, Candidate, MatchContext } from "../../policy/match.ts";
import type { Match } from "../../policy/policy.ts";
import type { HostWords } from "../../policy/testing/host-words.ts";
import { toCandidates } from "../candidates.ts";
import { explainMatch, type FieldFinding, type MatchFinding } from "./explain-match.ts";
import { sayMatched, sayUnmatched } from "./explain-match-words.ts";

const CONTEXT: MatchContext = {
  nowMs: Date.parse(NOW),
  targetName: "fake",
  libraries: LIBRARIES,
  createdMsOf: (text) => (text === "app:2" ? Date.parse(NOW) : undefined),
};

const HOST: HostWords = {
  images: {
    web: {
      names: "app:latest app:1.2.3",
      labels: { keep: "no" },
      sizeBytes: 12_000_000,
      platforms: "linux/amd64",
      used: "4d",
    },
    odd: { names: "odd:1", created: "-" },
    bare: {},
  },
  containers: { front: { image: "web" } },
};

function candidate(word: "web" | "odd" | "bare"): Candidate {
  const inventory = inventoryOf(HOST);
  const image = inventory.images[["web", "odd", "bare"].indexOf(word)];
  if (image === undefined) throw new Error(word);
  const [first] = toCandidates(image, imageUse(inventory).get(image.id) ?? [], word === "bare");
  if (first === undefined) throw new Error(word);
  return first;
}

function say(finding: MatchFinding): string {
  return finding.answer === true ? sayMatched(finding) : sayUnmatched(finding);
}

describe("what a match met, in words", () => {
  test.each<[word: "web" | "odd" | "bare", match: Match, answer: Answer, words: string]>([
    ["web", {}, true, "every image matches"],
    ["web", { tag: "dev*" }, false, "tag `1.2.3` is not `dev*`"],
    [
      "web",
      { tag: ["dev*", { semver: ">=2" }] },
      false,
      "tag `1.2.3` is not `dev*` or a version in `>=2`",
    ],
    ["web", { tag: "1.*", repository: "api" }, false, "repository `app` is not `api`"],
    ["web", { reference: "app:1.*" }, true, "name `app:1.2.3` is `app:1.*`"],
    ["bare", { tag: "dev*" }, false, "it has no tag"],
    ["bare", { reference: "app" }, false, "it has no name"],
    ["bare", { registry: "docker.io" }, false, "it has no name"],
    [
      "web",
      { repository: "app", registry: "host:5000" },
      false,
      "registry `docker.io` is not `host:5000`",
    ],
    ["web", { namesAtLeast: 3 }, false, "it has 2, not at least 3 tags"],
    ["web", { digest: "sha256:0*" }, false, `digest \`${idOf("web")}\` is not \`sha256:0*\``],
    ["web", { label: "keep=yes" }, false, "label `keep=no` is not `keep=yes`"],
    ["bare", { label: "keep" }, false, "no label is `keep`"],
    [
      "web",
      { state: "unused" },
      false,
      "it is not unused, but tagged, used by running container front",
    ],
    ["bare", { state: "dangling" }, true, "it is dangling"],
    ["web", { largerThanBytes: 1e9 }, false, "size 12MB is not more than 1GB"],
    ["web", { smallerThanBytes: 1e9 }, true, "size 12MB is less than 1GB"],
    ["web", { platform: "linux/arm64" }, false, "platform `linux/amd64` is not `linux/arm64`"],
    ["web", { target: "prod" }, false, "target `fake` is not `prod`"],
    ["web", { olderThan: 7 * 86_400_000 }, false, "used 4d ago, not more than 7d"],
    ["web", { olderThan: 86_400_000, by: "created" }, true, "created 30d ago, more than 1d"],
    ["odd", { olderThan: 7 * 86_400_000 }, undefined, "its age is unknown"],
    ["odd", { olderThan: 7 * 86_400_000, tag: "2" }, false, "tag `1` is not `2`"],
    ["web", { createdBefore: "app:2" }, true, "created 30d ago, before `app:2`"],
    [
      "web",
      { createdBefore: "nothing:1" },
      undefined,
      "when it or `nothing:1` was built is unknown",
    ],
    ["web", { not: { tag: "1.*" } }, false, "tag `1.2.3` is `1.*`, which the rule leaves out"],
    ["web", { not: { tag: "2.*" } }, true, "tag `1.2.3` is not `2.*`"],
    [
      "web",
      { any: [{ tag: "2.*" }, { state: "unused" }] },
      false,
      "none of several holds: tag `1.2.3` is not `2.*`; it is not unused, but tagged, used by running container front",
    ],
    ["web", { any: [{ tag: "2.*" }, { tag: "1.*" }] }, true, "tag `1.2.3` is `1.*`"],
    ["web", { all: [{ tag: "1.*" }, { tag: "2.*" }] }, false, "tag `1.2.3` is not `2.*`"],
    ["web", { anyName: { tag: "latest" } }, true, "tag `latest` is `latest`"],
    ["web", { any: [] }, false, "none of no alternatives holds"],
  ])("%s, %o", (word, match, answer, words) => {
    const finding = explainMatch(match, candidate(word), CONTEXT);
    expect(finding.answer).toBe(answer);
    expect(say(finding)).toBe(words);
  });
});

/** All of the fields have to hold: false where one is, unknown where none is false and one cannot be told. */
function together(fields: readonly FieldFinding[]): Answer {
  if (fields.some(({ answer }) => answer === false)) return false;
  return fields.some(({ answer }) => answer === undefined) ? undefined : true;
}

test("of any match and image the fields account for the answer, and there are words for it", () => {
  fc.assert(
    fc.property(arbitraryInventory, arbitraryMatch, (inventory, match) => {
      const uses = imageUse(inventory);
      for (const image of inventory.images) {
        for (const each of toCandidates(image, uses.get(image.id) ?? [], false)) {
          const finding = explainMatch(match, each, CONTEXT);
          expect(together(finding.fields)).toBe(finding.answer);
          expect(say(finding)).not.toBe("");
        }
      }
    }),
    { numRuns: 200 },
  );
});
