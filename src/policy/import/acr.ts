import { parseDuration } from "../duration.ts";
import type { DurationMs, ImageRule, Match, Policy } from "../policy.ts";
import type { Remark } from "../remark.ts";
import { findAcrCommands } from "./acr-command.ts";
import { matchOf, readFilter } from "./acr-filter.ts";
import { everyOf, someOf } from "./compose.ts";
import { readFlags, type Flag } from "./flags.ts";
import type { Imported } from "./imported.ts";

const FLAGS: readonly Flag[] = [
  { name: "registry", short: "r", takes: "value" },
  { name: "filter", short: "f", takes: "value" },
  { name: "ago", takes: "value" },
  { name: "keep", takes: "value" },
  { name: "untagged", takes: "nothing" },
  { name: "untagged-only", takes: "nothing" },
  { name: "include-locked", takes: "nothing" },
  { name: "dry-run", takes: "nothing" },
  // How it connects and how fast it works is not what it removes.
  { name: "username", short: "u", takes: "value" },
  { name: "password", short: "p", takes: "value" },
  { name: "config", short: "c", takes: "value" },
  { name: "concurrency", takes: "value" },
  { name: "filter-timeout-seconds", takes: "value" },
  { name: "repository-page-size", takes: "value" },
];

/**
 * Azure's `acr purge` command lines. Each untags what its filters find and is older than `--ago`, but for the newest
 * `--keep` of those; with `--untagged` manifests without tags go too. Several are carried out one after the other.
 */
export function importAcr(text: string): Imported {
  const found = findAcrCommands(text);
  if ("problems" in found) return found;
  const { calls, schedules, registries } = found;
  if (calls.length === 0) return { problems: ["there is no acr purge command in the text"] };
  const problems: string[] = [];
  const remarks: Remark[] = [];
  const [registry, ...more] = new Set(registries);
  const around = more.length === 0 ? registry : undefined;
  const images = calls.flatMap((words, index) => {
    const name = calls.length === 1 ? "purge" : `purge-${index + 1}`;
    const purge = readPurge(words, around, remarks);
    if (!("problems" in purge)) return rulesOf(name, purge, remarks);
    problems.push(...purge.problems);
    return [];
  });
  const [schedule, ...others] = new Set(schedules);
  if (others.length > 0) {
    remarks.push({
      text: `The tasks run at different times (${schedules.join("; ")}): say when with schedule.`,
    });
  }
  if (problems.length > 0) return { problems };
  const policy: Policy = { source: "acr purge", protect: [], images };
  return {
    policy: schedule === undefined || others.length > 0 ? policy : { ...policy, schedule },
    remarks: remarks.filter(
      ({ rule, text: said }, index) =>
        rule !== undefined || remarks.findIndex((other) => other.text === said) === index,
    ),
  };
}

interface Purge {
  readonly tags: Match | undefined;
  readonly repositories: Match;
  readonly ago: DurationMs;
  readonly keep: number;
  readonly untagged: boolean;
}

/** `around`: the registry of the `az` command that runs it. */
function readPurge(
  words: readonly string[],
  around: string | undefined,
  remarks: Remark[],
): Purge | { readonly problems: readonly string[] } {
  const { values, operands, problems: mistakes } = readFlags(words, FLAGS);
  const problems = [...mistakes, ...operands.map((word) => `"${word}" belongs to no option`)];
  const untaggedOnly = values.has("untagged-only");
  const filters = values.get("filter") ?? [];
  const ago = values.get("ago")?.at(-1);
  const keep = values.get("keep")?.at(-1) ?? "0";
  if (filters.length === 0 && !untaggedOnly) problems.push("--filter is missing");
  if (ago === undefined && !untaggedOnly) problems.push("--ago is missing");
  const agoMs = ago === undefined ? 0 : parseDuration(ago);
  if (agoMs === undefined) problems.push(`--ago ${ago}: not a duration such as 2d3h6m`);
  if (!/^\d+$/.test(keep)) problems.push(`--keep ${keep}: not a whole number`);

  const registry = registryOf(values.get("registry")?.at(-1) ?? around);
  if (registry === ANY_REGISTRY) {
    remarks.push({ text: "The command does not say its registry: name it under targets." });
  }
  const tags: Match[] = [];
  const repositories: Match[] = filters.length === 0 ? [{ registry }] : [];
  for (const text of filters) {
    const filter = readFilter(text);
    if (filter.kind === "problem") problems.push(`--filter ${text}: ${filter.detail}`);
    else if (filter.kind === "outside") {
      remarks.push({
        text: `The filter ${text} is outside RE2 (look-around, say), and left out: nothing is removed by it.`,
      });
    } else {
      tags.push(matchOf(filter, registry));
      repositories.push({ registry, repository: filter.repository });
    }
  }
  if (values.has("include-locked")) {
    remarks.push({
      text: "--include-locked has no equal here: what the registry has locked stays.",
    });
  }
  if (values.has("dry-run")) {
    remarks.push({ text: "--dry-run: a plan is the dry run here." });
  }
  if (problems.length > 0 || agoMs === undefined) return { problems };
  return {
    tags: untaggedOnly || tags.length === 0 ? undefined : someOf(tags),
    repositories: someOf(repositories),
    ago: agoMs,
    keep: Number(keep),
    untagged: (values.has("untagged") || untaggedOnly) && repositories.length > 0,
  };
}

const ANY_REGISTRY = "*";

/** `NAME` is short for `NAME.azurecr.io`; without it, whichever the policy is used on. */
function registryOf(name: string | undefined): string {
  if (name === undefined) return ANY_REGISTRY;
  return name.includes(".") ? name : `${name}.azurecr.io`;
}

function rulesOf(name: string, purge: Purge, remarks: Remark[]): readonly ImageRule[] {
  const old: Match = { olderThan: purge.ago, by: "arrived" };
  const rules: ImageRule[] = [];
  if (purge.tags !== undefined) {
    rules.push({
      name,
      match: everyOf([purge.tags, old]),
      keep: purge.keep === 0 ? {} : { last: purge.keep, by: "arrived" },
      decides: "remove",
      untag: purge.untagged ? true : "only",
    });
    if (purge.keep > 0) {
      remarks.push({
        rule: name,
        text: "--keep counts tags, here images count: tags of one image take one place, and never less is kept.",
      });
    }
  }
  if (purge.untagged) {
    rules.push({
      name: `${name}-untagged`,
      match: everyOf([
        purge.repositories,
        old,
        { state: "untagged" },
        { not: { state: "referrer" } },
      ]),
      keep: {},
    });
  }
  return rules;
}
