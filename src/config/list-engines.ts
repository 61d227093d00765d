import { listContexts } from "./docker-context.ts";
import type { Settings } from "./read-settings.ts";
import { resolveEngine } from "./resolve-engine.ts";
import { isTargetProblem } from "./target-problem.ts";

/** An engine that docker's own configuration names. */
export interface ConfiguredEngine {
  /** As `--target` takes it; undefined is the current one. */
  readonly spec: string | undefined;
  readonly name: string;
}

/** The current engine, then those of the other docker contexts; of several names for one address the first. */
export function listEngines(settings: Settings): readonly ConfiguredEngine[] {
  const current = resolveEngine({ kind: "current-context" }, settings);
  // What is wrong with a context is told by opening it.
  const isKnown = !isTargetProblem(current);
  const engines: ConfiguredEngine[] = [
    { spec: undefined, name: isKnown ? current.name : "the current docker context" },
  ];
  const seen = new Set(isKnown ? [JSON.stringify(current.endpoint)] : []);
  for (const name of listContexts(settings.docker.configDir)) {
    const engine = resolveEngine({ kind: "context", name }, settings);
    const endpoint = isTargetProblem(engine) ? name : JSON.stringify(engine.endpoint);
    if (seen.has(endpoint)) continue;
    seen.add(endpoint);
    engines.push({ spec: `context:${name}`, name });
  }
  return engines;
}
