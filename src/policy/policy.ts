/** Milliseconds. */
export type DurationMs = number;

/** Which time orders and ages an image. `active`: the latest of used, arrived and created that is known. */
export type Age = "active" | "used" | "arrived" | "created";

/**
 * A question about one image. All fields given must hold; an empty match holds for every image. Patterns are globs
 * (`*`, `?`, `[a-z]`, `**` across `/`) on normalised names, compared in whole segments.
 */
export interface Match {
  /** `registry/repository:tag`; without a tag part any tag. */
  readonly reference?: string;
  readonly registry?: string;
  readonly repository?: string;
  readonly tag?: string;
  /** `key`, `key=value`; both may hold globs. */
  readonly label?: string;
  /**
   * `untagged`: no tag; `dangling`: what Docker's own filter calls so on that engine; `unused`: in use by nothing;
   * `stopped`: used by containers of which none runs; `running`: used by one that runs.
   */
  readonly state?: "untagged" | "dangling" | "unused" | "stopped" | "running";
  /** `os/architecture[/variant]`, glob. */
  readonly platform?: string;
  /** Of `Image.sizeBytes`. */
  readonly largerThanBytes?: number;
  readonly smallerThanBytes?: number;
  /** By `active`; an unknown age does not match. */
  readonly olderThan?: DurationMs;
  /** Built before or after that image was (docker's `before=` and `since=`); unknown times do not match. */
  readonly createdBefore?: string;
  readonly createdAfter?: string;
  readonly any?: readonly Match[];
  readonly all?: readonly Match[];
  readonly not?: Match;
}

/** What a rule keeps of the images it matches. Criteria are OR-ed; with none of them nothing is kept. */
export interface Keep {
  /** An age of exactly this is kept. */
  readonly within?: DurationMs;
  readonly last?: number;
  readonly always?: true;
  /** Which time `within` and `last` go by; default `active`. */
  readonly by?: Age;
  /** Further criteria, each with its own `by` and `per`; one that holds keeps. */
  readonly anyOf?: readonly Keep[];
  /** What `last` counts: images of a repository (default), of the target, or by the captures of an expression on the tag. */
  readonly per?: "repository" | "target" | { readonly tagPattern: string };
}

/** The first rule that matches an image decides about it; what none matches is kept. */
export interface ImageRule {
  readonly name: string;
  readonly match: Match;
  readonly keep: Keep;
  /** Names may go although the image stays. */
  readonly untag?: boolean;
  /** Headroom may take what this rule would keep, least recently used first. */
  readonly underPressure?: boolean;
  /** What the rule does not keep goes only as far as `freeBytes` or headroom asks for it. */
  readonly onlyUnderPressure?: boolean;
}

export interface ContainerRule {
  readonly name: string;
  /** Stopped (`exited`, `dead`) or never started (`created`) for longer than this. */
  readonly within: DurationMs;
  readonly labels?: readonly string[];
}

export interface VolumeRule {
  readonly name: string;
  readonly which: "anonymous" | "named";
  readonly within: DurationMs;
}

export interface NetworkRule {
  readonly name: string;
  readonly within: DurationMs;
}

export interface BuildCacheRule {
  readonly name: string;
  readonly within?: DurationMs;
  /** Evict least recently used records until no more than this is left. */
  readonly atMostBytes?: number;
}

/** The load line: when the disk is fuller than `start`, evict least recently used until it is below `stop` (0 to 1). */
export interface Headroom {
  readonly start: number;
  readonly stop: number;
}

/** Brakes for an unattended run. */
export interface Limits {
  /** Largest share of the target's images, 0 to 1. */
  readonly imageShare?: number;
  readonly imageCount?: number;
  readonly bytes?: number;
}

/** What may go, from a target of any kind. Plain data, made by presets, flags or a file. */
export interface Policy {
  /** Where it came from, for people: `preset dangling`, a path. */
  readonly source: string;
  readonly protect: readonly Match[];
  readonly images: readonly ImageRule[];
  readonly containers?: ContainerRule;
  readonly volumes?: readonly VolumeRule[];
  readonly networks?: NetworkRule;
  readonly buildCache?: BuildCacheRule;
  readonly headroom?: Headroom;
  /** Frees at least this much, what the rules take included: least recently used first, then cheapest to get back. */
  readonly freeBytes?: number;
  readonly limits?: Limits;
}
