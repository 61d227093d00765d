import { CliError } from "../cli/cli-error.ts";
import { EXIT } from "../cli/exit-codes.ts";
import { resolveEngine } from "../config/resolve-engine.ts";
import { isTargetProblem, type TargetProblem } from "../config/target-problem.ts";
import { parseTarget, type TargetSpec } from "../config/target-spec.ts";
import type { TargetSession } from "../operations/target-session.ts";
import type { OpenOptions } from "./open-options.ts";

/** Opens what `--target` names. The adapter of the one kind that is asked for is loaded. */
export async function openTarget(
  text: string | undefined,
  options: OpenOptions,
): Promise<TargetSession> {
  const { settings } = options;
  const spec: TargetSpec | TargetProblem =
    text === undefined
      ? { kind: "current-context" }
      : parseTarget(text, settings.docker.tls !== "off");
  if (isTargetProblem(spec)) throw problemError(spec);
  if (spec.kind === "layout") {
    const { openLayoutTarget } = await import("./open-layout-target.ts");
    return openLayoutTarget(spec.directory, options);
  }
  if (spec.kind === "registry") {
    const { keepYoungGenerationSmall } = await import("./young-generation.ts");
    keepYoungGenerationSmall();
    const { openRegistryTarget } = await import("./open-registry-target.ts");
    return openRegistryTarget(spec, options);
  }
  const engine = resolveEngine(spec, settings);
  if (isTargetProblem(engine)) throw problemError(engine);
  const { openEngineTarget } = await import("./open-engine-target.ts");
  return openEngineTarget(engine, options);
}

function problemError({ subject, cause, nextStep }: TargetProblem): CliError {
  return new CliError(`cannot use ${subject}`, [cause, nextStep], EXIT.usage);
}
