import { dirname, join, isAbsolute } from "node:path";

import type { Match, Policy, PolicyTarget } from "../policy/policy.ts";
import { usageError } from "./cli-error.ts";

/** What to open, and what the policy calls it. */
export interface AskedTarget {
  /** As `--target` takes it; undefined is the current docker context. */
  readonly spec: string | undefined;
  readonly name?: string;
}

/**
 * The target that a policy is for: the one of its `targets` that `--target` names, or its only one. What `--target` names
 * otherwise is taken as it is.
 */
function askedTarget(given: string | undefined, policy: Policy): AskedTarget {
  const targets = Object.entries(policy.targets ?? {});
  const named = targets.find(([name]) => name === given);
  if (named !== undefined) return openable(named, policy);
  if (given !== undefined) return { spec: given };
  const [only, second] = targets;
  if (second !== undefined) {
    const names = targets.map(([name]) => name).join(", ");
    throw usageError(
      `${policy.source} has several targets: ${names}`,
      "Say which one with -t NAME.",
    );
  }
  return only === undefined ? { spec: undefined } : openable(only, policy);
}

/** What to open for a name of the policy's `targets`. */
export function namedTarget(name: string, policy: Policy): AskedTarget | undefined {
  const target = policy.targets?.[name];
  return target === undefined ? undefined : openable([name, target], policy);
}

function openable([name, target]: readonly [string, PolicyTarget], policy: Policy): AskedTarget {
  return { name, spec: specOf(target, policy.source) };
}

function specOf(target: PolicyTarget, policyPath: string): string {
  switch (target.kind) {
    case "engine":
      return target.address;
    case "layout":
      return `oci:${isAbsolute(target.directory) ? target.directory : join(dirname(policyPath), target.directory)}`;
    case "registry":
      return registrySpec(target);
    default:
      return target satisfies never;
  }
}

type RegistryTarget = Extract<PolicyTarget, { kind: "registry" }>;

/** One repository is read alone; of several, or of patterns, all that the registry lists is. */
function registrySpec({ address, repositories = [] }: RegistryTarget): string {
  const host = address.replace(/^https:\/\//, "").replace(/\/+$/, "");
  const [only, second] = repositories;
  const isAlone = only !== undefined && second === undefined && !isPattern(only);
  return isAlone ? `registry://${host}/${only}` : `registry://${host}`;
}

function isPattern(text: string): boolean {
  return /[*?[\\]|^\//.test(text);
}

/** The target that a command is for, undefined for a saved inventory, and the policy as it is for that target. */
export function aim(
  flags: { readonly target?: string; readonly inventory?: string },
  policy: Policy,
): { readonly target: AskedTarget | undefined; readonly policy: Policy } {
  if (flags.inventory !== undefined) return { target: undefined, policy };
  const target = askedTarget(flags.target, policy);
  return { target, policy: policyFor(target, policy) };
}

/** Of a registry, repositories that its target does not name are out of the policy's reach. */
function policyFor({ name }: AskedTarget, policy: Policy): Policy {
  const target = name === undefined ? undefined : policy.targets?.[name];
  if (target?.kind !== "registry" || target.repositories === undefined) return policy;
  const others: Match = { not: { repository: target.repositories } };
  return { ...policy, protect: [...policy.protect, others] };
}
