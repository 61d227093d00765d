import { existsSync } from "node:fs";

import type { ConfiguredEngine } from "../ports/configured-engine.ts";
import { DEFAULT_CONTEXT, listContexts } from "./docker-context.ts";
import type { Settings } from "./read-settings.ts";
import { DEFAULT_SOCKET, resolveEngine, type ResolvedEngine } from "./resolve-engine.ts";
import { isTargetProblem } from "./target-problem.ts";

/** The current engine, then those of the other docker contexts; of several names for one address the first. */
export function listEngines(settings: Settings): readonly ConfiguredEngine[] {
  const current = resolveEngine({ kind: "current-context" }, settings);
  // What is wrong with a context is told by opening it.
  const isKnown = !isTargetProblem(current);
  const engines: ConfiguredEngine[] = [
    {
      spec: undefined,
      name: isKnown ? current.name : "the current docker context",
      ...(isKnown && isAbsent(current) ? { isAbsent: true } : {}),
    },
  ];
  const seen = new Set(isKnown ? [JSON.stringify(current.endpoint)] : []);
  for (const name of listContexts(settings.docker.configDir)) {
    // Docker calls this one "Current DOCKER_HOST based configuration".
    if (name === DEFAULT_CONTEXT && settings.docker.host !== undefined) continue;
    const engine = resolveEngine({ kind: "context", name }, settings);
    const endpoint = isTargetProblem(engine) ? name : JSON.stringify(engine.endpoint);
    if (seen.has(endpoint)) continue;
    seen.add(endpoint);
    const absent = !isTargetProblem(engine) && isAbsent(engine);
    engines.push({ spec: `context:${name}`, name, ...(absent ? { isAbsent: true } : {}) });
  }
  return engines;
}

function isAbsent({ endpoint, origin }: ResolvedEngine): boolean {
  const isDefault = endpoint.kind === "unix" && endpoint.socketPath === DEFAULT_SOCKET;
  return isDefault && origin !== "DOCKER_HOST" && !existsSync(DEFAULT_SOCKET);
}
