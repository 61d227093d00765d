/** One line of the table at the end of a retention task's log. */
export interface RetentionLine {
  readonly digest: string;
  readonly tags: readonly string[];
  /** `RETAIN`, `DEL`, `IMMUTABLE`, `ERR`. */
  readonly verdict: string;
  readonly [field: string]: unknown;
}

/**
 * Reads the table of what stays and goes (goharbor/harbor, src/pkg/retention/job.go, logResults): cells between bars, the
 * digest first, then the tags, the verdict last. A long cell goes on in the lines below, which have no digest.
 */
export function retainedInLog(log: string): readonly RetentionLine[] {
  const lines: { digest: string; tags: string[]; verdict: string }[] = [];
  for (const text of log.split("\n")) {
    const cells = /^[^|]*\|(.*)\|\s*$/
      .exec(text)?.[1]
      ?.split("|")
      .map((cell) => cell.trim());
    if (cells === undefined || cells.length < 3) continue;
    const [digest = "", tags = ""] = cells;
    const named = tags.split(",").filter((tag) => tag !== "");
    const last = lines.at(-1);
    if (/^sha(?:256|512):[0-9a-f]+$/.test(digest))
      lines.push({ digest, tags: named, verdict: cells.at(-1) ?? "" });
    else if (digest === "" && last !== undefined) last.tags.push(...named);
  }
  return lines;
}
