import { createContentGraph, type Bytes } from "../inventory/content-graph.ts";
import type { ForeignUse } from "../inventory/foreign-use.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { repositoryUsage, type RepositoryUsage } from "../inventory/repository-usage.ts";
import { summariseStorage, type StorageUsage } from "../inventory/usage-summary.ts";
import type { Digest } from "../oci/digest.ts";
import { neighbourhood, type Neighbourhood } from "../plan/neighbourhood.ts";
import type { Plan } from "../plan/plan.ts";
import { createRemovalEffect, isIntermediate, type RemovalEffect } from "../plan/removal-effect.ts";
import type { Policy } from "../policy/policy.ts";
import { presetPolicy } from "../policy/presets.ts";
import { planRemovals, type Sha256 } from "./plan.ts";

/** A built-in policy, or the one that was asked about (`policy`), and what it would take. */
export interface PresetPlan {
  readonly preset: "dangling" | "unused" | "production" | "policy";
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
   * What goes further: by the policy that was asked about; without one, on an engine all that nothing uses, elsewhere all
   * but the latest of each repository.
   */
  readonly wide: PresetPlan;
  /** Images that are only a part of others. */
  readonly intermediates: number;
  readonly facts: Neighbourhood;
  readonly effect: RemovalEffect;
  /** It is known what is in use: of a registry, hosts were asked. */
  readonly knowsUse: boolean;
}

export interface StorageEvidence {
  readonly policy?: Policy | undefined;
  readonly foreignUse?: ForeignUse | undefined;
}

/** Adds up one inventory, and plans it by built-in policies. */
export async function reportStorage(
  inventory: Inventory,
  now: string,
  sha256: Sha256,
  { policy: asked, foreignUse }: StorageEvidence = {},
): Promise<StorageReport> {
  const facts = neighbourhood(inventory, foreignUse);
  const graph = createContentGraph(inventory);
  const effect = createRemovalEffect(graph, facts);
  const planBy = async (preset: PresetPlan["preset"]): Promise<PresetPlan> => {
    const policy = preset === "policy" ? asked : presetPolicy(preset);
    if (policy === undefined) throw new Error(`there is no preset ${preset}`);
    const plan = await planRemovals(inventory, policy, now, sha256, undefined, foreignUse);
    return { preset, plan };
  };
  const isEngine = inventory.target.kind === "engine";
  const widest = isEngine ? "unused" : "production";
  const wide = await planBy(asked === undefined ? widest : "policy");
  return {
    usage: summariseStorage(
      inventory,
      new Map<Digest, unknown>([...facts.uses, ...facts.usedElsewhere]),
    ),
    total: graph.total,
    repositories: repositoryUsage(inventory, (ids) => effect.freedBy(ids), imagesOf(wide.plan)),
    narrow: await planBy("dangling"),
    wide,
    intermediates: inventory.images.filter((image) => isIntermediate(image, facts)).length,
    facts,
    effect,
    knowsUse: isEngine || foreignUse !== undefined,
  };
}

/** The images that a plan deletes. */
export function imagesOf(plan: Plan): ReadonlySet<Digest> {
  return new Set(
    plan.actions.flatMap(({ kind, subject }) => (kind === "delete-image" ? [subject] : [])),
  );
}
