import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { readSettings } from "../../src/config/read-settings.ts";
import type { Inventory } from "../../src/inventory/inventory.ts";
import { openTarget } from "../../src/main/open-target.ts";
import { planRemovals } from "../../src/operations/plan.ts";
import type { ApplyOptions, RunReport } from "../../src/operations/run-report.ts";
import type { TargetSession } from "../../src/operations/target-session.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { planRemovalOf, type SelectedRemovals } from "../../src/plan/select-removals.ts";
import type { Policy } from "../../src/policy/policy.ts";
import { presetPolicy } from "../../src/policy/presets.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { containerdEnvironment } from "./containerd-sockets.ts";

export interface ContractSession extends TargetSession {
  look(): Promise<Inventory>;
  /** By the policy, or by the preset of that name. */
  plan(policy: Policy | string): Promise<Plan>;
  /** As `rm` plans what is named. */
  planOf(patterns: readonly string[], withContainers?: boolean): Promise<SelectedRemovals>;
  carryOut(plan: Plan, options?: Partial<ApplyOptions>): Promise<RunReport>;
}

export interface SessionOptions {
  /** The folder that the session remembers in; a new one goes with the test. */
  readonly memory?: string;
  /** The session's clock is so much ahead. */
  readonly aheadMs?: number;
  readonly environment?: NodeJS.ProcessEnv;
  /** Told what a command can do without; by default a test expects none of that. */
  readonly notify?: (message: string) => void;
}

/**
 * The environment of a program whose state, cache and docker configuration are below one folder. Whoever names no engine gets
 * one there that does not answer, and never the machine's own.
 */
export function environmentIn(memory: string): NodeJS.ProcessEnv {
  return {
    PLIMSOLL_STATE_DIR: join(memory, "state"),
    PLIMSOLL_CACHE_DIR: join(memory, "cache"),
    DOCKER_CONFIG: join(memory, "docker"),
    DOCKER_HOST: `unix://${join(memory, "no-engine.sock")}`,
  };
}

/** Opens the target with everything wired as the program wires it. Closed when the test ends. */
export async function openSession(
  address: string,
  {
    memory = scratchFolder(),
    aheadMs = 0,
    environment = {},
    notify = (message) => expect.unreachable(message),
  }: SessionOptions = {},
): Promise<ContractSession> {
  const clock = (): number => Date.now() + aheadMs;
  const { signal } = new AbortController();
  const session = await openTarget(address, {
    settings: readSettings(
      { ...environmentIn(memory), ...containerdEnvironment(address), ...environment },
      homedir(),
    ),
    clock,
    signal,
    notify,
  });
  onTestFinished(() => session.close());
  const now = (): string => new Date(clock()).toISOString();
  const look = () => session.observe({ signal });
  return {
    ...session,
    look,
    async plan(policy) {
      const chosen = typeof policy === "string" ? presetPolicy(policy) : policy;
      if (chosen === undefined) throw new Error("no such preset");
      return await planRemovals(await look(), chosen, now(), sha256);
    },
    async planOf(patterns, withContainers = false) {
      return planRemovalOf(await look(), { patterns, withContainers }, now(), sha256);
    },
    carryOut: (plan, options) =>
      session.apply(plan, {
        signal,
        unattended: true,
        beyondLimits: true,
        onEvent: () => undefined,
        ...options,
      }),
  };
}

/** Takes whatever matches and nothing uses, of any age. */
export function removeMatching(match: Policy["images"][number]["match"]): Policy {
  return { source: "contract", protect: [], images: [{ name: "contract", match, keep: {} }] };
}

function sha256(chunks: Iterable<string>): string {
  const hash = createHash("sha256");
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest("hex");
}
