import type { Image } from "../src/inventory/image.ts";
import type { Inventory } from "../src/inventory/inventory.ts";
import type { ImageRule, Policy } from "../src/policy/policy.ts";
import { madeInventory } from "./made-inventory.ts";

const TAGS_PER_REPOSITORY = 50;
const BRANCHES = ["main", "develop", "feature-login", "fix-7", "release-4"] as const;
const DAY_MS = 86_400_000;

/** A registry's images without layers, in repositories of 50, with tags as builds, releases and people give them. */
export function madeTags(count: number, now: string): Inventory {
  const nowMs = Date.parse(now);
  const images = Array.from({ length: count }, (_, index): Image => {
    const repository = `registry.example.com/${index % 3 === 0 ? "shop" : "team"}/app-${Math.floor(index / TAGS_PER_REPOSITORY)}`;
    return {
      id: `sha256:${((index * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, "0")}${index.toString(16).padStart(56, "0")}`,
      references: index % 20 === 0 ? [] : [`${repository}:${tagOf(index)}`],
      repoDigests: [],
      createdAt: new Date(nowMs - (index % 400) * DAY_MS - index).toISOString(),
      labels: {},
      platforms: ["linux/amd64"],
      sizeBytes: 1,
      blobs: [],
    };
  });
  return { ...madeInventory(0, now), images };
}

function tagOf(index: number): string {
  const branch = BRANCHES[index % BRANCHES.length] ?? "";
  switch (index % 7) {
    case 0:
      return `v${index % 5}.${index % 11}.${index % 97}`;
    case 1:
      return `${index % 5}.${index % 11}.${index}-rc.${index % 3}`;
    case 2:
      return `pr-${index}`;
    case 3:
      return (index * 2_654_435_761).toString(16).padStart(8, "0");
    case 4:
      return `nightly-2026-0${1 + (index % 9)}-1${index % 10}-${index}`;
    default:
      return `${branch}-${index}`;
  }
}

/** Fifty rules of every kind: globs, expressions, ranges; most count, and few are about a repository alone. */
export function fiftyRules(): Policy {
  const images: ImageRule[] = [];
  for (let number = 0; number < 12; number += 1) {
    images.push(
      {
        name: `glob-${number}`,
        match: { tag: `*-snapshot-${number}*` },
        keep: { last: 3 + number },
      },
      {
        name: `expression-${number}`,
        match: { tag: `/^(feature|fix)-[a-z0-9]+-\\d*${number}7$/` },
        keep: { last: 5, per: { tagPattern: "^(.+)-[0-9]+$" } },
      },
      {
        name: `suffix-${number}`,
        match: { tag: `/-rc\\.${number}$/`, registry: "registry.example.com" },
        keep: { last: 2, daily: 7 },
      },
      {
        name: `team-${number}`,
        match: { repository: `team/app-${number}*`, tag: ["pr-*", "nightly-*"] },
        keep: { last: 10, weekly: 4 },
      },
    );
  }
  images.push(
    {
      name: "releases",
      match: { tag: { semver: "*" } },
      keep: { last: 5, by: "version", perMajor: 2 },
    },
    { name: "rest", match: {}, keep: { within: 30 * 86_400_000, last: 10 } },
  );
  return { source: "bench", protect: [{ label: "keep" }, { reference: "**/base:*" }], images };
}
