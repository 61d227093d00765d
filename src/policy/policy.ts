/** Milliseconds. */
export type DurationMs = number;

/** Which time orders and ages an image. `active`: the latest of used, arrived and created that is known. */
export type Age = "active" | "used" | "arrived" | "created";

/**
 * A pattern on text: a glob (`*`, `?`, `[a-z]`, `**` across `/`), or an RE2 expression between slashes (`/^v\d+$/`), which
 * holds where it is found anywhere.
 */
export type Pattern = string;

/** One pattern, or several of which one has to hold. */
export type Patterns = Pattern | readonly Pattern[];

/** Tags that are versions (`1.2.3`, `v1.2`) within a range in the grammar of node-semver; `*`: any version. */
export interface SemverPattern {
  readonly semver: string;
}

export type TagPattern = Pattern | SemverPattern;

export type ImageState = "untagged" | "dangling" | "unused" | "stopped" | "running" | "referrer";

/**
 * A question about one image. All fields given must hold; an empty match holds for every image. Patterns are on normalised
 * names, compared in whole segments.
 */
export interface Match {
  /** `registry/repository:tag`; without a tag part any tag. */
  readonly reference?: Patterns;
  readonly registry?: Patterns;
  /** Where `registry` is given too, on the path only: on `team/app`, never on `registry/team/app`. */
  readonly repository?: Patterns;
  readonly tag?: TagPattern | readonly TagPattern[];
  /** `key`, `key=value`; both may hold globs. An expression is on `key=value`. */
  readonly label?: Patterns;
  /**
   * `untagged`: no tag; `dangling`: what Docker's own filter calls so on that engine; `unused`: in use by nothing;
   * `stopped`: used by containers of which none runs; `running`: used by one that runs; `referrer`: attached to a subject
   * (a signature, an SBOM), whether that is still there or not.
   */
  readonly state?: ImageState;
  /** The digest by which the target knows the image, `sha256:…`. */
  readonly digest?: Patterns;
  /** Holds when it holds for any of the names that the image has in the same repository. */
  readonly anyName?: Match;
  /** `os/architecture[/variant]`. */
  readonly platform?: Patterns;
  /** The name of the target. */
  readonly target?: Patterns;
  /** The image has at least this many tags. */
  readonly namesAtLeast?: number;
  /** Of `Image.sizeBytes`. */
  readonly largerThanBytes?: number;
  readonly smallerThanBytes?: number;
  /** By `by`; an unknown age does not match. */
  readonly olderThan?: DurationMs;
  /** Which time `olderThan` goes by; default `active`. */
  readonly by?: Age;
  /** Built before or after that image was (docker's `before=` and `since=`); unknown times do not match. */
  readonly createdBefore?: string;
  readonly createdAfter?: string;
  readonly any?: readonly Match[];
  readonly all?: readonly Match[];
  readonly not?: Match;
}

/** The newest image of each of the last N of these that have one. */
export type CalendarUnit = "daily" | "weekly" | "monthly" | "yearly";

/** What a rule keeps of the images it matches. Criteria are OR-ed; with none of them nothing is kept. */
export interface Keep {
  /** An age of exactly this is kept. */
  readonly within?: DurationMs;
  readonly last?: number;
  readonly daily?: number;
  readonly weekly?: number;
  readonly monthly?: number;
  readonly yearly?: number;
  /** The N highest versions of each major, or minor, version. */
  readonly perMajor?: number;
  readonly perMinor?: number;
  readonly always?: true;
  /** Which time `within` and the calendar go by and what `last` is ordered by; default `active`. With `version` ages are by `active`. */
  readonly by?: Age | "version";
  /**
   * What `last`, the calendar and the versions count: images of a repository (default), of the target, or of a repository
   * by the captures of an RE2 expression on the tag.
   */
  readonly per?: "repository" | "target" | { readonly tagPattern: string };
  /** Which images are counted: those that come to this rule (default), or all that it matches, earlier rules' included. */
  readonly among?: "rule" | "match";
  /** Further criteria, each with its own `by`, `per` and `among`; one that holds keeps. */
  readonly anyOf?: readonly Keep[];
}

/** How what a rule lets go comes back. `record`: only what it was and where it came from is kept. */
export type RecoveryMode = "auto" | "off" | "record" | "archive" | "backup";

/** Where a rule stands in the file it was read from; lines and columns count from 1. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

/** The first rule that decides about an image's name decides; what none decides about is kept. */
export interface ImageRule {
  readonly name: string;
  readonly match: Match;
  readonly keep: Keep;
  /**
   * Which of its answers are final: both (default), only what it keeps, or only what it removes. On the other answer the
   * rules after it are asked; when none of them decides, the image is kept.
   */
  readonly decides?: "both" | "keep" | "remove";
  /** Names may go although the image stays. `only`: nothing but names goes, the image stays even without any. */
  readonly untag?: boolean | "only";
  readonly recovery?: Exclude<RecoveryMode, "auto">;
  /** Headroom may take what this rule would keep, least recently used first. */
  readonly underPressure?: boolean;
  /** What the rule does not keep goes only as far as `freeBytes` or headroom asks for it. */
  readonly onlyUnderPressure?: boolean;
  readonly position?: SourcePosition;
}

/** A question about a container, volume, network or cache record. All fields given must hold. */
export interface ResourceMatch {
  readonly name?: Patterns;
  readonly label?: Patterns;
  /** Containers only: a pattern on the reference they were created from. */
  readonly image?: Patterns;
  /** Containers only. */
  readonly state?: "exited" | "created" | "dead";
  /** Volumes and networks only. */
  readonly driver?: Patterns;
}

interface ResourceRule {
  readonly name: string;
  /** Only what this holds for; of several, one has to. */
  readonly match?: readonly ResourceMatch[];
  /** Kept, whatever its age. */
  readonly except?: readonly ResourceMatch[];
  readonly position?: SourcePosition;
}

/** The first rule whose state and match hold decides about a container. */
export interface ContainerRule extends ResourceRule {
  /** `exited`: ran and ended (`dead` included); `created`: never started. */
  readonly states: readonly ("exited" | "created")[];
  /** In that state for longer than this. */
  readonly within: DurationMs;
}

export interface VolumeRule extends ResourceRule {
  readonly which: "anonymous" | "named";
  readonly within: DurationMs;
  /** `archive`: its content is put into the recovery bin before it goes; default `off`. */
  readonly recovery?: "archive" | "off";
}

export interface NetworkRule extends ResourceRule {
  readonly within: DurationMs;
}

/** Rules on the build cache are carried out one after the other, each on what the earlier ones left. */
export interface BuildCacheRule {
  readonly name: string;
  /** Only records of these kinds (`regular`, `source.local`, `exec.cachemount`, …). */
  readonly types?: readonly string[];
  readonly within?: DurationMs;
  /** Evict least recently used records until no more than this is left. */
  readonly atMostBytes?: number;
  /** Only records that share no content with images. */
  readonly unshared?: true;
  readonly whileAbove?: CacheAllowance;
  readonly position?: SourcePosition;
}

/**
 * What a rule on the build cache takes goes only while the whole cache takes more than `maxUsed`, or than leaves `minFree`
 * of the disk free, but never below `reserved`; without either, more than `reserved`. Shares are of the disk. A rule that
 * says nothing else takes any record, least recently used first.
 */
export interface CacheAllowance {
  readonly maxUsed?: Amount;
  readonly minFree?: Amount;
  readonly reserved?: Amount;
}

/**
 * The load line: when more than `start` is taken, evict least recently used until it is below `stop`. Shares (0 to 1) are
 * of the disk; bytes are those that the images of the target take.
 */
export interface Headroom {
  /** What shares are measured on: all that the disk holds (default), or what the images of the target take of it. */
  readonly of?: "disk" | "images";
  readonly start: Amount;
  readonly stop: Amount;
}

export type Amount = { readonly share: number } | { readonly bytes: number };

/** Brakes for an unattended run. */
export interface Limits {
  /**
   * Where a repository would be left without any tag; absent: that is allowed. A file has it unless it says otherwise. On
   * an engine only a repository of several images counts: one pulled for a while and gone again is its everyday life.
   */
  readonly wholeRepositories?: "stop";
  /** Largest share of the target's images, 0 to 1. */
  readonly imageShare?: number;
  readonly imageCount?: number;
  readonly bytes?: number;
}

/** The recovery bin's own retention, and how removed images come back where a rule does not say. */
export interface Recovery {
  readonly mode: RecoveryMode;
  readonly keep?: DurationMs;
  readonly atMostBytes?: number;
  /** For `backup`: the repository that images are pushed to. */
  readonly backup?: string;
}

/** A target as a policy file names it. */
export type PolicyTarget =
  | { readonly kind: "engine"; readonly address: string }
  | { readonly kind: "layout"; readonly directory: string }
  | {
      readonly kind: "registry";
      readonly address: string;
      readonly repositories?: readonly string[];
    };

/** What may go, from a target of any kind. Plain data, made by presets, flags or a file. */
export interface Policy {
  /** Where it came from, for people: `preset dangling`, a path. */
  readonly source: string;
  readonly targets?: Readonly<Record<string, PolicyTarget>>;
  /**
   * Names of engines among `targets`, and Kubernetes clusters as `kubernetes:CONTEXT`: what these hold or use stays in a
   * registry. Absent: all engines among the targets, or where there are none those that docker is configured for; empty: none
   * is asked.
   */
  readonly inUseOn?: readonly string[];
  readonly protect: readonly Match[];
  /** Where each of `protect` stands, in its order; absent where it was not read from a file. */
  readonly protectPositions?: readonly SourcePosition[];
  readonly images: readonly ImageRule[];
  readonly containers?: readonly ContainerRule[];
  readonly volumes?: readonly VolumeRule[];
  readonly networks?: readonly NetworkRule[];
  readonly buildCache?: readonly BuildCacheRule[];
  readonly headroom?: Headroom;
  /** Frees at least this much, what the rules take included: least recently used first, then cheapest to get back. */
  readonly freeBytes?: number;
  readonly recovery?: Recovery;
  readonly limits?: Limits;
  /** A cron expression of five fields, in `timeZone`. */
  readonly schedule?: string;
  /** An IANA name; days, weeks, months and years begin there. Default UTC. */
  readonly timeZone?: string;
}
