import type { ImageRule, Policy } from "./policy.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Most are what a rebuild has left behind: of these is remembered what they were, not their content. */
const DANGLING: ImageRule = {
  name: "dangling",
  match: { state: "dangling" },
  keep: { within: HOUR },
  recovery: "record",
};

const PRESETS: Readonly<Record<string, Omit<Policy, "source" | "protect">>> = {
  dangling: {
    images: [DANGLING],
  },
  unused: {
    images: [{ name: "unused", match: { state: "unused" }, keep: {} }],
  },
  workstation: {
    images: [
      DANGLING,
      {
        name: "unused",
        match: { state: "unused" },
        keep: { within: 30 * DAY },
        underPressure: true,
      },
    ],
    containers: [{ name: "exited", states: ["exited", "created"], within: 7 * DAY }],
    volumes: [{ name: "anonymous-volumes", which: "anonymous", within: 30 * DAY }],
    networks: [{ name: "unused-networks", within: 7 * DAY }],
    buildCache: [{ name: "build-cache", within: 14 * DAY }],
    headroom: { start: { share: 0.85 }, stop: { share: 0.7 } },
  },
  ci: {
    images: [
      DANGLING,
      {
        name: "builds",
        match: { tag: "*-[0-9]*" },
        keep: { within: DAY, last: 3, per: { tagPattern: "^(?<branch>.+)-[0-9]+$" } },
      },
      { name: "unused", match: { state: "unused" }, keep: { within: DAY }, underPressure: true },
    ],
    containers: [{ name: "exited", states: ["exited", "created"], within: HOUR }],
    volumes: [{ name: "anonymous-volumes", which: "anonymous", within: DAY }],
    networks: [{ name: "unused-networks", within: DAY }],
    buildCache: [{ name: "build-cache", within: 7 * DAY, atMostBytes: 20e9 }],
    headroom: { start: { share: 0.85 }, stop: { share: 0.7 } },
  },
  production: {
    images: [
      { ...DANGLING, keep: { within: 7 * DAY } },
      { name: "versions", match: {}, keep: { last: 5, within: 14 * DAY } },
    ],
    containers: [{ name: "exited", states: ["exited", "created"], within: 7 * DAY }],
    networks: [{ name: "unused-networks", within: 7 * DAY }],
    buildCache: [{ name: "build-cache", within: 7 * DAY }],
    limits: { imageShare: 0.5 },
  },
  // What no rule names stays: releases, and every tag that somebody may pull by name.
  registry: {
    images: [
      { name: "untagged", match: { state: "untagged" }, keep: { within: 7 * DAY } },
      {
        name: "pull-requests",
        match: { tag: "/^(pr|mr|pull|merge)-?[0-9]+(-|$)/" },
        keep: { within: 14 * DAY },
      },
      {
        name: "builds",
        // A branch and a commit; a day (`bookworm-20260101`) only looks like one.
        match: { tag: "/.-g?[0-9a-f]{7,40}$/", not: { tag: "/-(19|20)[0-9]{6}$/" } },
        keep: { within: 14 * DAY, last: 3, per: { tagPattern: "^(?<branch>.+)-g?[0-9a-f]+$" } },
      },
    ],
    limits: { imageShare: 0.5, wholeRepositories: "stop" },
  },
};

/** What clusters and desktops on this engine run by, where no container shows it. */
export const CLUSTER_IMAGES: Policy["protect"] = [
  { reference: "registry.k8s.io/**" },
  { reference: "k8s.gcr.io/**" },
  { reference: "**/pause" },
  { reference: "kindest/*" },
  { reference: "docker/desktop-*" },
];
/** Presets that take no more than docker's own prune would, and no less. */
const LIKE_DOCKER: ReadonlySet<string> = new Set(["dangling", "unused"]);

export const PRESET_NAMES: readonly string[] = Object.keys(PRESETS);
export const DEFAULT_PRESET = "dangling";

/** What each preset is for, in a few words. */
export const PRESET_SUMMARIES: Readonly<Record<string, string>> = {
  dangling: "dangling images older than 1 h (the default)",
  unused: "every image that nothing uses, of any age, as `docker image prune -a` does",
  workstation: "unused for 30 days; least recently used first when the disk is above 85 %",
  ci: "all but the 3 newest builds of each branch and what is younger than 24 h",
  production: "all but what runs and the 5 latest images of each repository",
  registry:
    "untagged for 7 days; pull requests and builds (`BRANCH-COMMIT`) of 14 days, but 3 of each branch",
};

/** The policy of a preset, undefined when there is none of that name. */
export function presetPolicy(name: string): Policy | undefined {
  const body = Object.hasOwn(PRESETS, name) ? PRESETS[name] : undefined;
  return body === undefined
    ? undefined
    : { source: `preset ${name}`, protect: LIKE_DOCKER.has(name) ? [] : CLUSTER_IMAGES, ...body };
}
