import { expect, test } from "vitest";

import type { CacheAllowance } from "../policy/policy.ts";
import { cacheAllowanceBytes } from "./cache-allowance.ts";

const disk = (freeBytes: number) => ({ totalBytes: 10_000, freeBytes });

test.each<
  [
    CacheAllowance,
    cacheBytes: number,
    freeBytes: number | undefined,
    number | "unknown" | undefined,
  ]
>([
  [{}, 1000, undefined, undefined],
  [{ maxUsed: { bytes: 400 } }, 1000, undefined, 400],
  [{ reserved: { bytes: 400 } }, 1000, undefined, 400],
  [{ maxUsed: { bytes: 400 }, reserved: { bytes: 600 } }, 1000, undefined, 600],
  [{ maxUsed: { share: 0.4 } }, 5000, 3000, 4000],
  [{ maxUsed: { share: 0.4 } }, 5000, undefined, "unknown"],
  [{ minFree: { bytes: 500 } }, 1000, undefined, "unknown"],
  [{ minFree: { bytes: 500 } }, 1000, 300, 800],
  [{ minFree: { bytes: 500 } }, 1000, 900, 1000],
  [{ minFree: { share: 0.9 } }, 1000, 300, 0],
  [{ minFree: { share: 0.9 }, reserved: { share: 0.05 } }, 1000, 300, 500],
])("%j of a cache of %d with %s free: %s", (allowance, cacheBytes, freeBytes, allowed) => {
  const known = freeBytes === undefined ? undefined : disk(freeBytes);
  expect(cacheAllowanceBytes(allowance, cacheBytes, known)).toBe(allowed);
});
