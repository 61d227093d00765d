import { dirname, join, isAbsolute } from "node:path";

import type { Policy, PolicyTarget } from "../policy/policy.ts";
import { usageError } from "./cli-error.ts";

/** What to open, and what the policy calls it. */
export interface AskedTarget {
  /** As `--target` takes it; undefined is the current docker context. */
  readonly spec: string | undefined;
  readonly name?: string;
}

const REGISTRY_STEP =
  "Registries cannot be read by this version; name an engine or a layout, with -t or in targets.";

/**
 * The target that a policy is for: the one of its `targets` that `--target` names, or its only one that can be used. What
 * `--target` names otherwise is taken as it is.
 */
export function askedTarget(given: string | undefined, policy: Policy): AskedTarget {
  const targets = Object.entries(policy.targets ?? {});
  const named = targets.find(([name]) => name === given);
  if (named !== undefined) return openable(named, policy);
  if (given !== undefined) return { spec: given };
  const usable = targets.filter(([, { kind }]) => kind !== "registry");
  const [only, second] = usable;
  if (second !== undefined) {
    const names = usable.map(([name]) => name).join(", ");
    throw usageError(
      `${policy.source} has several targets: ${names}`,
      "Say which one with -t NAME.",
    );
  }
  if (only !== undefined) return openable(only, policy);
  const [registry] = targets;
  return registry === undefined ? { spec: undefined } : openable(registry, policy);
}

function openable([name, target]: readonly [string, PolicyTarget], policy: Policy): AskedTarget {
  return { name, spec: specOf(name, target, policy.source) };
}

function specOf(name: string, target: PolicyTarget, policyPath: string): string {
  switch (target.kind) {
    case "engine":
      return target.address;
    case "layout":
      return `oci:${isAbsolute(target.directory) ? target.directory : join(dirname(policyPath), target.directory)}`;
    case "registry":
      throw usageError(`the target ${name} of ${policyPath} is a registry`, REGISTRY_STEP);
    default:
      return target satisfies never;
  }
}
