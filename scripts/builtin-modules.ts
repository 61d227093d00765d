import { isBuiltin } from "node:module";

import type { Plugin } from "rolldown";

const imported = "\0imported:";
const required = "\0required:";
const deferred = "\0deferred:";

/** Own names of a built-in module that can stand in an `export`. */
function exportedNames(module: string): string[] {
  const names = Object.keys(process.getBuiltinModule(module) ?? {});
  return names.filter((name) => name !== "default" && /^[a-z_$][\w$]*$/i.test(name));
}

function reach(module: string): string {
  return `process.getBuiltinModule(${JSON.stringify(module)})`;
}

/**
 * Modules that take 1 to 5 ms to load and are imported by much code that seldom calls them: each
 * of their functions fetches its module when it is called, and `constants` when one is read.
 */
const fetchedByCall = new Set([
  "node:child_process",
  "node:crypto",
  "node:fs/promises",
  "node:zlib",
]);

function isPlainFunction(module: string, name: string): boolean {
  const builtin = process.getBuiltinModule(module) as unknown as Record<string, unknown>;
  return /^[a-z]/.test(name) && typeof builtin[name] === "function";
}

function importedModule(module: string): string {
  const valueOf = (name: string): string => {
    if (!fetchedByCall.has(module)) return `builtin.${name}`;
    if (name === "constants")
      return `new Proxy({}, { get: (_, key) => ${reach(module)}.constants[key] })`;
    return isPlainFunction(module, name)
      ? `(...args) => ${reach(module)}.${name}(...args)`
      : `builtin.${name}`;
  };
  return [
    `const builtin = /* @__PURE__ */ ${reach(module)};`,
    "export default builtin;",
    ...exportedNames(module).map(
      (name) => `const ${name}$ = ${valueOf(name)};\nexport { ${name}$ as ${name} };`,
    ),
  ].join("\n");
}

function deferredModule(module: string): string {
  const get = `(_, name) => ${reach(module)}[name]`;
  return `export default /* @__PURE__ */ new Proxy({}, { get: ${get} });`;
}

/**
 * Reaches Node's own modules by `process.getBuiltinModule` instead of `import`. An import builds a
 * namespace object, for which Node runs every getter of the module: 1 to 3 ms each, and 20 for
 * `node:http`, where a getter loads all of undici. Names that nobody uses are shaken out.
 *
 * Commander loads `node:child_process` (3 ms) for subcommands that are programs of their own. It
 * has none here, so for commander the module waits until somebody does ask for it.
 */
export function builtinModules(): Plugin {
  return {
    name: "builtin-modules",
    resolveId(source, importer = "", { kind }) {
      // What is imported lazily is wanted whole; it stays an import.
      if (!isBuiltin(source) || kind === "dynamic-import") return null;
      if (kind === "require-call") return required + source;
      const isDeferred =
        source === "node:child_process" && importer.includes("/node_modules/commander/");
      return (isDeferred ? deferred : imported) + source;
    },
    load(id) {
      const [, how, module] = /^(\0\w+:)(.*)$/.exec(id) ?? [];
      if (module === undefined) return null;
      if (how === required) return `module.exports = ${reach(module)};`;
      if (how === deferred) return { code: deferredModule(module), moduleSideEffects: false };
      if (how === imported) return { code: importedModule(module), moduleSideEffects: false };
      return null;
    },
  };
}
