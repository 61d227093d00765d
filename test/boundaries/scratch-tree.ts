import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Paths below a root, and what the files there say. */
export type Files = Readonly<Record<string, string>>;

/** One lawful file per folder, each used by the next, the whole reached from main. */
export const lawfulTree: Files = {
  "package.json": `{ "name": "scratch", "type": "module" }`,
  ...npmPackage("re2js"),
  ...npmPackage("commander"),
  ...npmPackage("vitest"),
  "src/oci/digest.ts": `export type Digest = string;\nexport const isDigest = true;`,
  "src/inventory/image.ts": `import { isDigest } from "../oci/digest.ts";\nexport const image = isDigest;`,
  "src/inventory/image.test.ts": `import { test } from "vitest";\nimport { image } from "./image.ts";\ntest("image", () => image);`,
  "src/policy/match.ts": `import re2js from "re2js";\nimport { image } from "../inventory/image.ts";\nexport const match = [re2js, image];`,
  "src/plan/decide.ts": `import { match } from "../policy/match.ts";\nexport const decide = match;`,
  "src/ports/image-reader.ts": `import type { Digest } from "../oci/digest.ts";\nexport interface ImageReader { read(): Digest }`,
  "src/ports/image-remover.ts": `import type { Digest } from "../oci/digest.ts";\nexport interface ImageRemover { remove(id: Digest): void }`,
  "src/apply/apply-plan.ts": `import type { ImageRemover } from "../ports/image-remover.ts";\nimport { decide } from "../plan/decide.ts";\nexport const applyPlan = (remover: ImageRemover) => [remover, decide];`,
  "src/operations/apply.ts": `import { applyPlan } from "../apply/apply-plan.ts";\nexport const apply = applyPlan;`,
  "src/docker/read-images.ts": `import type { Agent } from "node:http";\nimport type { ImageReader } from "../ports/image-reader.ts";\nexport const readImages = (agent: Agent): ImageReader[] => [];`,
  "src/layout/read-layout.ts": `import type { ImageReader } from "../ports/image-reader.ts";\nexport const readLayout: ImageReader[] = [];`,
  "src/store/journal.ts": `import { decide } from "../plan/decide.ts";\nexport const journal = decide;`,
  "src/config/read-config.ts": `import { env } from "node:process";\nimport { match } from "../policy/match.ts";\nexport const readConfig = () => [env, match];`,
  "src/cli/run-cli.ts": `import { Command } from "commander";\nimport { apply } from "../operations/apply.ts";\nexport const runCli = [Command, apply];`,
  "src/main.ts": [
    `import { runCli } from "./cli/run-cli.ts";`,
    `import { readConfig } from "./config/read-config.ts";`,
    `import { readImages } from "./docker/read-images.ts";`,
    `import { journal } from "./store/journal.ts";`,
    `const layout = () => import("./layout/read-layout.ts");`,
    `runCli.push(readConfig, readImages, journal, layout);`,
  ].join("\n"),
};

function npmPackage(name: string): Files {
  return {
    [`node_modules/${name}/package.json`]: `{ "name": "${name}", "main": "index.js" }`,
    [`node_modules/${name}/index.js`]: `module.exports = {};`,
  };
}

/** Writes the files into a new temporary folder, hands it to `use`, and removes it. */
export async function withScratchTree<Result>(
  files: Files,
  use: (root: string) => Promise<Result>,
): Promise<Result> {
  const root = mkdtempSync(join(tmpdir(), "plimsoll-boundaries-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${text}\n`);
    }
    return await use(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
