import { createContentGraph, type Bytes } from "../inventory/content-graph.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { repositoryUsage, type RepositoryUsage } from "../inventory/repository-usage.ts";
import { summariseStorage, type StorageUsage } from "../inventory/usage-summary.ts";
import type { Digest } from "../oci/digest.ts";
import { neighbourhood, type Neighbourhood } from "../plan/neighbourhood.ts";
import type { Plan } from "../plan/plan.ts";
import { createRemovalEffect, isIntermediate, type RemovalEffect } from "../plan/removal-effect.ts";
import { presetPolicy } from "../policy/presets.ts";
import { planRemovals, type Sha256 } from "./plan.ts";

/** A built-in policy and what it would take. */
export interface PresetPlan {
  readonly preset: "dangling" | "unused" | "production";
  readonly plan: Plan;
}

/** What a target holds, in bytes, and what of it could go. */
export interface StorageReport {
  readonly usage: StorageUsage;
  /** Every blob once, what the build cache alone holds included. */
  readonly total: Bytes;
  /** `removable` in them is by the `wide` plan. */
  readonly repositories: readonly RepositoryUsage[];
  /** What is safe to remove at any time. */
  readonly narrow: PresetPlan;
  /**
   * What goes further: on an engine all that nothing uses; elsewhere, where no use can be seen, all but the latest of each
   * repository.
   */
  readonly wide: PresetPlan;
  /** Images that are only a part of others. */
  readonly intermediates: number;
  readonly facts: Neighbourhood;
  readonly effect: RemovalEffect;
}

/** Adds up one inventory, and plans it by built-in policies. */
export async function reportStorage(
  inventory: Inventory,
  now: string,
  sha256: Sha256,
): Promise<StorageReport> {
  const facts = neighbourhood(inventory);
  const graph = createContentGraph(inventory);
  const effect = createRemovalEffect(graph, facts);
  const planBy = async (preset: PresetPlan["preset"]): Promise<PresetPlan> => {
    const policy = presetPolicy(preset);
    if (policy === undefined) throw new Error(`there is no preset ${preset}`);
    return { preset, plan: await planRemovals(inventory, policy, now, sha256) };
  };
  const wide = await planBy(inventory.target.kind === "engine" ? "unused" : "production");
  return {
    usage: summariseStorage(inventory, facts.uses),
    total: graph.total,
    repositories: repositoryUsage(inventory, (ids) => effect.freedBy(ids), imagesOf(wide.plan)),
    narrow: await planBy("dangling"),
    wide,
    intermediates: inventory.images.filter((image) => isIntermediate(image, facts)).length,
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
