import * as fc from "fast-check";
import { expect, test } from "vitest";

import { arbitraryInventory, arbitraryPolicy } from "../../../test/fixtures/arbitrary-host.ts";
import { arbitraryRules } from "../../../test/fixtures/arbitrary-rules.ts";
import { LIBRARIES, NOW, sha256 } from "../../../test/fixtures/host-in-words.ts";
import { decide } from "../decide.ts";
import { explainDecision, type ExplainedDecision } from "./explain-decision.ts";
import { imageFacts } from "../image-facts.ts";
import { judgeImages } from "../image-verdicts.ts";
import type { Plan } from "../plan.ts";
import { RULES } from "../reason.ts";
import type { Verdict } from "../verdict.ts";

const NOW_MS = Date.parse(NOW);
const VERDICTS: Readonly<Record<Verdict["kind"], ExplainedDecision["verdict"]>> = {
  keep: "stays",
  delete: "goes",
  follow: "follows",
};

/** The rules that have a say in what is explained. */
function rulesOf({ names }: ExplainedDecision): ReadonlySet<string | undefined> {
  return new Set(names.map(({ rule }) => rule));
}

/** What becomes of an image by the plan, and by which rules. */
function fateOf(id: string, { actions, kept }: Plan): { goes: boolean; rules: readonly string[] } {
  const action = actions.find(({ kind, subject }) => kind === "delete-image" && subject === id);
  if (action) return { goes: true, rules: [action.rule] };
  const reasons = kept.find(({ subject }) => subject === id)?.reasons ?? [];
  return { goes: false, rules: reasons.map(({ rule }) => rule) };
}

test("of any policy, host and image the explanation comes to what is decided", () => {
  fc.assert(
    fc.property(
      arbitraryInventory,
      fc.oneof({ weight: 4, arbitrary: arbitraryRules }, { weight: 1, arbitrary: arbitraryPolicy }),
      (inventory, policy) => {
        const plan = decide(inventory, policy, { now: NOW, sha256, libraries: LIBRARIES });
        const removed = plan.actions.filter(({ kind }) => kind === "remove-container");
        const facts = imageFacts(inventory, new Set(removed.map(({ subject }) => subject)));
        const verdicts = judgeImages(inventory, policy, facts, NOW_MS, LIBRARIES);
        inventory.images.forEach(({ id }, position) => {
          const explained = explainDecision(inventory, policy, facts, position, NOW_MS, LIBRARIES);
          const verdict = verdicts[position];
          if (explained === undefined || verdict === undefined) throw new Error(id);
          expect(explained.verdict).toBe(VERDICTS[verdict.kind]);
          if (verdict.kind === "delete") expect(explained.names[0]?.rule).toBe(verdict.rule);

          const fate = fateOf(id, plan);
          if (explained.verdict === "goes" && !fate.goes)
            expect(fate.rules).toEqual([RULES.neededBy]);
          if (explained.verdict === "stays" && fate.goes)
            expect([RULES.free, RULES.headroom]).toContain(fate.rules[0]);
          if (explained.verdict === "goes" && fate.goes)
            expect(rulesOf(explained)).toContain(fate.rules[0]);
        });
      },
    ),
    { numRuns: 400 },
  );
});

test("of any policy the path ends where it is decided, and says why", () => {
  fc.assert(
    fc.property(arbitraryInventory, arbitraryRules, (inventory, policy) => {
      const facts = imageFacts(inventory, new Set());
      for (const position of inventory.images.keys()) {
        const explained = explainDecision(inventory, policy, facts, position, NOW_MS, LIBRARIES);
        for (const { rules, rule } of explained?.names ?? []) {
          for (const finding of rules) {
            expect(finding.match.answer).toBe(finding.matches);
            expect(finding.detail).not.toBe("");
            expect(finding.answer === undefined).toBe(finding.matches !== true);
            for (const criterion of finding.criteria) expect(criterion.detail).not.toBe("");
          }
          const last = rules.findIndex(({ matches, isFinal }) => isFinal && matches !== false);
          if (last >= 0) expect(last).toBe(rules.length - 1);
          if (rule !== undefined) expect(rules.map((each) => each.rule)).toContain(rule);
        }
      }
    }),
    { numRuns: 200 },
  );
});
