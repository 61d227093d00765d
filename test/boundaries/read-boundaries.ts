import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";

import { cruise } from "dependency-cruiser";
import type { ICruiseOptions, ICruiseResult } from "dependency-cruiser";

import { readingOptions, rules } from "./rules.ts";
import { teachUsing } from "./swc-using.ts";

teachUsing();

export interface BoundaryReport {
  readonly moduleCount: number;
  readonly violations: readonly BoundaryViolation[];
  /** Source files that the tool did not read, and about which it therefore says nothing. */
  readonly unread: readonly string[];
}

interface BoundaryViolation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

function listSources(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll("\\", "/"));
}

/** Holds the sources below `root` against the rules of rules.ts. */
export async function readBoundaries(
  root: string,
  options: ICruiseOptions = readingOptions,
): Promise<BoundaryReport> {
  const folders = ["src", "web"].filter((folder) => existsSync(join(root, folder)));
  const { output } = await cruise(folders, {
    ...options,
    baseDir: root,
    validate: true,
    ruleSet: { forbidden: [...rules] },
  });
  const { modules, summary } = output as ICruiseResult;
  const read = new Set(modules.map((module) => module.source));
  const sources = folders.flatMap((folder) => listSources(root, folder));
  return {
    moduleCount: read.size,
    violations: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
    unread: sources.filter((file) => !read.has(file)),
  };
}

/** Why the rule exists, and what to do instead. */
export function explainRule(name: string): string {
  return rules.find((rule) => rule.name === name)?.comment ?? "";
}
