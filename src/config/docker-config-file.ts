import { readFileSync } from "node:fs";
import { join } from "node:path";
import { targetProblem, type TargetProblem } from "./target-problem.ts";

/** The parts of docker's `config.json` that say which engine is meant. */
export interface DockerConfigFile {
  readonly currentContext?: string;
}

/** An absent file says nothing. */
export function readDockerConfigFile(configDir: string): DockerConfigFile | TargetProblem {
  const path = join(configDir, "config.json");
  const text = readOptionalFile(path);
  if (text === undefined) return {};
  const config = parseObject(text);
  if (config === undefined) {
    return targetProblem(
      path,
      "It is not a JSON object.",
      "Repair the file, or name the engine with --target.",
    );
  }
  const { currentContext } = config;
  return typeof currentContext === "string" && currentContext !== "" ? { currentContext } : {};
}

/** Undefined when there is no such file; every other failure is thrown. */
export function readOptionalFile(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
