/**
 * How registries evaluate their own policies, written down after their documentation and apart from this project's rules:
 * what an imported policy is held against.
 */
export interface Stored {
  readonly name: string;
  readonly tags: readonly string[];
  /** Hours since its push, and since its last pull. */
  readonly pushed: number;
  readonly pulled: number;
}

const DAY = 24;

/** The newest first. */
function newest(all: readonly Stored[], by: (stored: Stored) => number): readonly Stored[] {
  return all.toSorted((a, b) => by(a) - by(b));
}

export interface EcrRule {
  readonly rulePriority: number;
  readonly selection: {
    readonly tagStatus: "tagged" | "untagged" | "any";
    readonly tagPrefixList?: readonly string[];
    readonly countType: "imageCountMoreThan" | "sinceImagePushed";
    readonly countUnit?: "days";
    readonly countNumber: number;
  };
  readonly action: { readonly type: "expire" };
}

/** Every rule marks over all images; then, by priority, what a rule marks goes unless a rule before it claims it. */
export function ecrExpires(rules: readonly EcrRule[], all: readonly Stored[]): ReadonlySet<string> {
  const sorted = rules.toSorted((a, b) => a.rulePriority - b.rulePriority);
  const claims = ({ selection }: EcrRule, { tags }: Stored): boolean => {
    if (selection.tagStatus === "any") return true;
    if (selection.tagStatus === "untagged") return tags.length === 0;
    return (selection.tagPrefixList ?? []).every((prefix) =>
      tags.some((tag) => tag.startsWith(prefix)),
    );
  };
  const expired = new Set<string>();
  sorted.forEach((rule, index) => {
    const { countType, countNumber } = rule.selection;
    const matching = newest(
      all.filter((stored) => claims(rule, stored)),
      ({ pushed }) => pushed,
    );
    const marked =
      countType === "imageCountMoreThan"
        ? matching.slice(countNumber)
        : matching.filter(({ pushed }) => pushed > countNumber * DAY);
    for (const stored of marked) {
      if (!sorted.slice(0, index).some((before) => claims(before, stored)))
        expired.add(stored.name);
    }
  });
  return expired;
}

export interface HarborRule {
  readonly template: string;
  readonly count: number;
  readonly decoration: "matches" | "excludes";
  readonly tags: readonly string[];
  readonly untagged: boolean;
}

/** What no rule retains goes. A selector takes an artifact by any of its tags. */
export function harborDeletes(
  rules: readonly HarborRule[],
  all: readonly Stored[],
): ReadonlySet<string> {
  const retained = new Set<string>();
  for (const { template, count, decoration, tags, untagged } of rules) {
    const isMatch = (tag: string): boolean => tags.some((prefix) => tag.startsWith(prefix));
    const selected = all.filter((stored) => {
      if (stored.tags.length === 0) return untagged === (decoration === "matches");
      return stored.tags.some((tag) => isMatch(tag) === (decoration === "matches"));
    });
    const by = ({ pushed, pulled }: Stored): number => {
      if (template.endsWith("K")) return template === "latestActiveK" ? pulled : pushed;
      return template.includes("Pull") ? pulled : pushed;
    };
    const kept = template.startsWith("latest")
      ? newest(selected, by).slice(0, count)
      : selected.filter((stored) => template === "always" || by(stored) <= count * DAY);
    for (const { name } of kept) retained.add(name);
  }
  return new Set(all.map(({ name }) => name).filter((name) => !retained.has(name)));
}

export interface GarPolicy {
  readonly name: string;
  readonly action: { readonly type: "Keep" | "Delete" };
  readonly condition?: {
    readonly tagState: "tagged" | "untagged" | "any";
    readonly tagPrefixes?: readonly string[];
    readonly olderThan?: string;
  };
  readonly mostRecentVersions?: { readonly keepCount: number };
}

/** What a policy deletes and none keeps. */
export function garDeletes(
  policies: readonly GarPolicy[],
  all: readonly Stored[],
): ReadonlySet<string> {
  const takes = ({ condition, mostRecentVersions }: GarPolicy, stored: Stored): boolean => {
    if (mostRecentVersions !== undefined) {
      const { keepCount } = mostRecentVersions;
      return newest(all, ({ pushed }) => pushed)
        .slice(0, keepCount)
        .includes(stored);
    }
    if (condition === undefined) return false;
    const { tagState, tagPrefixes, olderThan } = condition;
    const isTagged = stored.tags.length > 0;
    return (
      (tagState === "any" || (tagState === "tagged") === isTagged) &&
      (tagPrefixes?.some((prefix) => stored.tags.some((tag) => tag.startsWith(prefix))) ?? true) &&
      (olderThan === undefined || stored.pushed > Number.parseInt(olderThan, 10) * DAY)
    );
  };
  const some = (type: string, stored: Stored): boolean =>
    policies.some((policy) => policy.action.type === type && takes(policy, stored));
  return new Set(
    all.filter((stored) => some("Delete", stored) && !some("Keep", stored)).map(({ name }) => name),
  );
}

export interface ZotEntry {
  readonly patterns?: readonly string[];
  readonly mostRecentlyPushedCount?: number;
  readonly mostRecentlyPulledCount?: number;
  readonly pushedWithin?: string;
  readonly pulledWithin?: string;
}

/** Tags that go. Each belongs to the first entry that its patterns find; of those every criterion keeps some. */
export function zotDeletes(
  entries: readonly ZotEntry[],
  all: readonly Stored[],
): ReadonlySet<string> {
  const kept = new Set<string>();
  const entryOf = (tag: string): ZotEntry | undefined =>
    entries.find(
      ({ patterns = [] }) =>
        patterns.length === 0 || patterns.some((pattern) => new RegExp(pattern).test(tag)),
    );
  for (const entry of entries) {
    const own = all.filter(({ tags: [tag] }) => tag !== undefined && entryOf(tag) === entry);
    const { mostRecentlyPushedCount, mostRecentlyPulledCount, pushedWithin, pulledWithin } = entry;
    const within = (text: string | undefined): number => Number.parseInt(text ?? "0", 10);
    const criteria = [
      mostRecentlyPushedCount &&
        newest(own, (each) => each.pushed).slice(0, mostRecentlyPushedCount),
      mostRecentlyPulledCount &&
        newest(own, (each) => each.pulled).slice(0, mostRecentlyPulledCount),
      pushedWithin && own.filter(({ pushed }) => pushed < within(pushedWithin)),
      pulledWithin &&
        own.filter(({ pushed, pulled }) => Math.min(pushed, pulled) < within(pulledWithin)),
    ].filter((each) => typeof each === "object");
    for (const { name } of criteria.length === 0 ? own : criteria.flat()) kept.add(name);
  }
  const tagged = all.filter(({ tags }) => tags.length > 0);
  return new Set(tagged.map(({ name }) => name).filter((name) => !kept.has(name)));
}

export interface GitlabPolicy {
  readonly name_regex_delete: string;
  readonly name_regex_keep?: string;
  readonly keep_n?: number;
  readonly older_than?: string;
}

/** Tags that go: selected by name, then all but the newest, of these what is old. */
export function gitlabDeletes(policy: GitlabPolicy, all: readonly Stored[]): ReadonlySet<string> {
  const { name_regex_delete, name_regex_keep = "", keep_n = 0, older_than = "0d" } = policy;
  const selected = all.filter(
    ({ tags: [tag] }) =>
      tag !== undefined &&
      tag !== "latest" &&
      new RegExp(`^${name_regex_delete}$`).test(tag) &&
      !new RegExp(`^${name_regex_keep}$`).test(tag),
  );
  const counted = newest(selected, ({ pushed }) => pushed).slice(keep_n);
  const old = counted.filter(({ pushed }) => pushed > Number.parseInt(older_than, 10) * DAY);
  return new Set(old.map(({ name }) => name));
}

export interface AcrPurge {
  readonly filter: string;
  readonly agoDays: number;
  readonly keep: number;
}

/** Tags that go, command after command: of those that are found and old all but the newest. */
export function acrDeletes(
  commands: readonly AcrPurge[],
  all: readonly Stored[],
): ReadonlySet<string> {
  let left = all.filter(({ tags }) => tags.length > 0);
  for (const { filter, agoDays, keep } of commands) {
    const found = left.filter(
      ({ tags: [tag = ""], pushed }) => new RegExp(filter).test(tag) && pushed > agoDays * DAY,
    );
    const going = new Set(newest(found, ({ pushed }) => pushed).slice(keep));
    left = left.filter((stored) => !going.has(stored));
  }
  const kept = new Set(left.map(({ name }) => name));
  return new Set(
    all.filter(({ tags, name }) => tags.length > 0 && !kept.has(name)).map(({ name }) => name),
  );
}
