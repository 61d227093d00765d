import { build } from "rolldown";

import { builtinModules } from "./builtin-modules.ts";
import { thirdPartyNotices } from "./third-party-notices.ts";

/**
 * Split along every `import()`: a command loads only the code it runs. Dependencies are inlined, so
 * the published package needs none; see docs/decisions/0004-bundle.md.
 */
await build({
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
    dir: "dist",
    cleanDir: true,
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js",
  },
});
