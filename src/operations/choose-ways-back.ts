import type { Image } from "../inventory/image.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { Sha256 } from "../plan/fingerprint.ts";
import type { Plan } from "../plan/plan.ts";
import { recoveryModes, withRecovery, type WaysBack } from "../plan/with-recovery.ts";
import type { Policy } from "../policy/policy.ts";
import type { RegistryLookup } from "../ports/registry-lookup.ts";

/** Images that registries are asked about at once. */
const CONCURRENCY = 8;

export interface ChooseOptions {
  readonly openLookup: () => Promise<RegistryLookup>;
  readonly sha256: Sha256;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * Chooses how what a plan removes comes back, where its policy speaks of it. Registries are asked now about images that may
 * come back from there.
 */
export async function chooseWaysBack(
  plan: Plan,
  policy: Policy,
  inventory: Inventory,
  options: ChooseOptions,
): Promise<Plan> {
  const isAsked =
    policy.recovery !== undefined || policy.images.some(({ recovery }) => recovery !== undefined);
  if (!isAsked) return plan;
  const { kind } = inventory.target;
  const ways: WaysBack = {
    inRegistry: await askRegistries(plan, policy, inventory, options),
    ...(kind === "engine"
      ? {}
      : { noArchive: `images of a ${kind} cannot be put into the bin yet` }),
  };
  return withRecovery(plan, policy, inventory, ways, options.sha256);
}

async function askRegistries(
  plan: Plan,
  policy: Policy,
  inventory: Inventory,
  { openLookup, signal, onProgress }: ChooseOptions,
): Promise<ReadonlyMap<string, string>> {
  const modeOf = recoveryModes(policy);
  const asked = new Set(
    plan.actions.flatMap((action) =>
      action.kind === "delete-image" && modeOf(action.rule) === "auto" ? [action.subject] : [],
    ),
  );
  const images = inventory.images.filter(
    ({ id, repoDigests }) => asked.has(id) && repoDigests.length > 0,
  );
  const found = new Map<string, string>();
  if (images.length === 0) return found;
  const lookup = await openLookup();
  let done = 0;
  const waiting = images.values();
  const ask = async (): Promise<void> => {
    for (const image of waiting) {
      const name = await findIn(lookup, image, signal);
      if (name !== undefined) found.set(image.id, name);
      done += 1;
      onProgress(done, images.length);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(CONCURRENCY, images.length) }, ask));
  } finally {
    await lookup.close();
  }
  return found;
}

/** The name by digest under which a registry has all of the image now. */
async function findIn(
  lookup: RegistryLookup,
  { id, repoDigests, platforms }: Image,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (const repoDigest of repoDigests) {
    const answer = await lookup.ask({ id, repoDigest, platforms }, signal);
    if (answer.kind === "held") return repoDigest;
  }
  return undefined;
}
