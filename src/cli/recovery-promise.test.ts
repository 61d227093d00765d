import { expect, test } from "vitest";

import type { Policy } from "../policy/policy.ts";
import { retypedRecoveryFlags, withRecoveryFlags } from "./recovery-promise.ts";

const VOLUME_RULE = { name: "old", which: "anonymous", within: 0 } as const;
const POLICY: Policy = { source: "test", protect: [], images: [], volumes: [VOLUME_RULE] };

test("--archive-volumes is about every rule for volumes, and about nothing else", () => {
  const { volumes, recovery } = withRecoveryFlags(POLICY, { archiveVolumes: true });
  expect(volumes).toEqual([{ ...VOLUME_RULE, recovery: "archive" }]);
  expect(recovery).toBeUndefined();
  const without = withRecoveryFlags(POLICY, { archiveVolumes: true, noRecovery: true });
  expect(without).toMatchObject({ volumes: [{ recovery: "archive" }], recovery: { mode: "off" } });
  expect(withRecoveryFlags(POLICY, {})).toBe(POLICY);
  expect(withRecoveryFlags(POLICY, { noRecovery: true }).volumes).toEqual([VOLUME_RULE]);
});

test("it is shown in the command to type next", () => {
  expect(retypedRecoveryFlags({ archiveVolumes: true, bin: "/a b" })).toBe(
    "--archive-volumes --bin '/a b'",
  );
});
