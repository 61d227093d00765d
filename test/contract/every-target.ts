import { enginesToTest, type EngineKind } from "../harness/engine-kinds.ts";
import type { LaunchOptions } from "../harness/engine-launch.ts";
import type { ContractTarget } from "./contract-target.ts";
import { startEngineTarget } from "./engine-target.ts";
import { createLayoutTarget } from "./layout-target.ts";

export type TargetKind = EngineKind | "layout";

/** Every engine that can be started here, and the image layout. */
export function targetsToTest(): TargetKind[] {
  return [...enginesToTest(), "layout"];
}

export async function startTarget(
  kind: TargetKind,
  options: LaunchOptions = {},
): Promise<ContractTarget> {
  return kind === "layout" ? createLayoutTarget() : startEngineTarget(kind, options);
}
