/** Kinds of build cache records, as BuildKit calls them: `UsageRecordType` in its client/diskusage.go. */
export const CACHE_TYPES = [
  "regular",
  "internal",
  "frontend",
  "source.local",
  "source.git.checkout",
  "exec.cachemount",
] as const;

export function isCacheType(text: string): text is (typeof CACHE_TYPES)[number] {
  return (CACHE_TYPES as readonly string[]).includes(text);
}
