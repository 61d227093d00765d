import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { build, type InputOptions, type OutputOptions } from "rolldown";

import { builtinModules } from "./builtin-modules.ts";
import { modulesOfPlan } from "./command-chunk.ts";
import { thirdPartyNotices } from "./third-party-notices.ts";

const folder = "dist";

const input = {
  input: { main: "src/main.ts" },
  platform: "node",
  // Nobody imports main for its exports, so what it shares with commands can live in its chunk.
  preserveEntrySignatures: false,
  plugins: [builtinModules(), thirdPartyNotices()],
  treeshake: {
    // Reading a property of a module does nothing else, so an unused name can go.
    propertyReadSideEffects: false,
    // It does not say of itself that loading it does nothing, and is 7 MB where 0.1 are used.
    moduleSideEffects: [{ test: /node_modules\/@kubernetes\/client-node\//, sideEffects: false }],
  },
  // The floor of package.json `engines`: newer syntax is rewritten.
  transform: { target: "node22.18" },
} satisfies InputOptions;

/**
 * Split along every `import()`: a command loads only the code it runs. CommonJS, which loads in two
 * thirds of the time of modules. Dependencies are inlined, so the published package needs none; see
 * docs/decisions/0004-bundle.md.
 */
const split = {
  dir: folder,
  format: "cjs",
  entryFileNames: "[name].cjs",
  chunkFileNames: "[name]-[hash].cjs",
  // Node keeps a text with a single character beyond ASCII in two bytes each, at every start.
  comments: false,
  minify: {
    compress: false,
    mangle: false,
    codegen: { removeWhitespace: false, asciiOnly: true },
  },
} satisfies OutputOptions;

// Once to see which modules go together, once to put them together.
const apart = await build({ ...input, output: split, write: false });
const ofPlan = modulesOfPlan(apart.output.filter((part) => part.type === "chunk"));
const { output } = await build({
  ...input,
  // A module that only plans import is in their chunk whether or not it is imported lazily.
  checks: { ineffectiveDynamicImport: false },
  output: {
    ...split,
    codeSplitting: {
      groups: [{ name: "plan", test: (id) => ofPlan.has(id) }],
      // Else what the start has too would go along, and the start would load all of it.
      includeDependenciesRecursively: false,
    },
  },
});

// Afterwards, and not by `cleanDir` before: the command keeps working while it is built anew.
const written = new Set(output.map(({ fileName }) => fileName));
for (const name of readdirSync(folder)) {
  if (!written.has(name)) rmSync(join(folder, name), { recursive: true });
}
