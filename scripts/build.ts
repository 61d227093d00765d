import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { build } from "rolldown";

import { builtinModules } from "./builtin-modules.ts";
import { thirdPartyNotices } from "./third-party-notices.ts";

const folder = "dist";

/**
 * Split along every `import()`: a command loads only the code it runs. CommonJS, which loads in two
 * thirds of the time of modules. Dependencies are inlined, so the published package needs none; see
 * docs/decisions/0004-bundle.md.
 */
const { output } = await build({
  input: { main: "src/main.ts" },
  platform: "node",
  // Nobody imports main for its exports, so what it shares with commands can live in its chunk.
  preserveEntrySignatures: false,
  plugins: [builtinModules(), thirdPartyNotices()],
  // Reading a property of a module does nothing else, so an unused name can go.
  treeshake: { propertyReadSideEffects: false },
  // The floor of package.json `engines`: newer syntax is rewritten.
  transform: { target: "node22.18" },
  output: {
    dir: folder,
    format: "cjs",
    entryFileNames: "[name].cjs",
    chunkFileNames: "[name]-[hash].cjs",
  },
});

// Afterwards, and not by `cleanDir` before: the command keeps working while it is built anew.
const written = new Set(output.map(({ fileName }) => fileName));
for (const name of readdirSync(folder)) {
  if (!written.has(name)) rmSync(join(folder, name), { recursive: true });
}
