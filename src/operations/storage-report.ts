import { createContentGraph, type Bytes } from "../inventory/content-graph.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { repositoryUsage, type RepositoryUsage } from "../inventory/repository-usage.ts";
import { summariseStorage, type StorageUsage } from "../inventory/usage-summary.ts";
import type { Digest } from "../oci/digest.ts";
import { neighbourhood, type Neighbourhood } from "../plan/neighbourhood.ts";
import type { Plan } from "../plan/plan.ts";
import { createRemovalEffect, type RemovalEffect } from "../plan/removal-effect.ts";
import type { Policy } from "../policy/policy.ts";
import { presetPolicy } from "../policy/presets.ts";
import { planRemovals, type Sha256 } from "./plan.ts";

/** What a target holds, in bytes, and what of it could go. */
export interface StorageReport {
  readonly usage: StorageUsage;
  /** Every blob once, what the build cache alone holds included. */
  readonly total: Bytes;
  readonly repositories: readonly RepositoryUsage[];
  /** The plans of the presets of these names. */
  readonly dangling: Plan;
  readonly unused: Plan;
  readonly facts: Neighbourhood;
  readonly effect: RemovalEffect;
}

/** Adds up one inventory and plans it by the two presets that need no knowledge of the target. */
export function reportStorage(inventory: Inventory, now: string, sha256: Sha256): StorageReport {
  const facts = neighbourhood(inventory);
  const graph = createContentGraph(inventory);
  const effect = createRemovalEffect(graph, facts);
  const unused = planRemovals(inventory, builtIn("unused"), now, sha256);
  return {
    usage: summariseStorage(inventory, facts.uses),
    total: graph.total,
    repositories: repositoryUsage(inventory, (ids) => effect.freedBy(ids), imagesOf(unused)),
    dangling: planRemovals(inventory, builtIn("dangling"), now, sha256),
    unused,
    facts,
    effect,
  };
}

/** The images that a plan deletes. */
export function imagesOf(plan: Plan): ReadonlySet<Digest> {
  return new Set(
    plan.actions.flatMap(({ kind, subject }) => (kind === "delete-image" ? [subject] : [])),
  );
}

export function builtIn(name: "dangling" | "unused"): Policy {
  const policy = presetPolicy(name);
  if (policy === undefined) throw new Error(`there is no preset ${name}`);
  return policy;
}
