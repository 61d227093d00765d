import type { Engine } from "../inventory/inventory.ts";
import type { Amount, CacheAllowance } from "../policy/policy.ts";

/**
 * How much the whole build cache may take before a rule takes from it, as BuildKit reckons it. Undefined: anything goes;
 * `unknown` where the disk would have to be known.
 *
 * @param cacheBytes what the cache takes now
 */
export function cacheAllowanceBytes(
  { maxUsed, minFree, reserved }: CacheAllowance,
  cacheBytes: number,
  disk: Engine["disk"],
): number | undefined | "unknown" {
  const needsDisk =
    minFree !== undefined || [maxUsed, reserved].some((each) => each && "share" in each);
  if (needsDisk && (disk === undefined || disk.totalBytes <= 0)) return "unknown";
  const totalBytes = disk?.totalBytes ?? 0;
  const inBytes = (amount: Amount): number =>
    "bytes" in amount ? amount.bytes : amount.share * totalBytes;
  const limits: number[] = [];
  if (maxUsed !== undefined) limits.push(inBytes(maxUsed));
  if (minFree !== undefined) {
    const missingBytes = inBytes(minFree) - (disk?.freeBytes ?? 0);
    if (missingBytes > 0) limits.push(cacheBytes - missingBytes);
    // Enough is free, and nothing else limits the cache.
    else if (maxUsed === undefined && reserved === undefined) return cacheBytes;
  }
  if (limits.length === 0 && reserved === undefined) return undefined;
  return Math.max(
    Math.min(...(limits.length > 0 ? limits : [0])),
    reserved ? inBytes(reserved) : 0,
  );
}
