import fc from "fast-check";
import { expect, test } from "vitest";

import { arbitraryInventory } from "../../../test/fixtures/arbitrary-host.ts";
import { arbitraryRules } from "../../../test/fixtures/arbitrary-rules.ts";
import { LIBRARIES, NOW, sha256 } from "../../../test/fixtures/host-in-words.ts";
import { decide } from "../../plan/decide.ts";
import type { Inventory } from "../../inventory/inventory.ts";
import type { Policy } from "../policy.ts";
import { parsePolicyFile } from "./parse-policy.ts";
import { writePolicy } from "./write-policy.ts";

const ZERO_COUNT = /"(?:last|daily|weekly|monthly|yearly|perM\w+)":0/;

function decisionsOf(inventory: Inventory, policy: Policy): object {
  const { actions, kept } = decide(inventory, policy, { now: NOW, sha256, libraries: LIBRARIES });
  return { actions, kept };
}

test("a policy that is written and read again decides the same", () => {
  let compared = 0;
  fc.assert(
    fc.property(arbitraryInventory, arbitraryRules, (inventory, arbitrary) => {
      // What a run is to free is no part of a file.
      const policy: Policy = { ...arbitrary };
      delete (policy as { freeBytes?: number }).freeBytes;
      const outcome = parsePolicyFile(writePolicy(policy), policy.source);
      // Rules that can never decide, and counts of zero: no file has them.
      if ("problems" in outcome || ZERO_COUNT.test(JSON.stringify(policy))) return;
      compared += 1;
      expect(decisionsOf(inventory, outcome.policy)).toEqual(decisionsOf(inventory, policy));
    }),
    { numRuns: 500 },
  );
  expect(compared).toBeGreaterThan(100);
});
