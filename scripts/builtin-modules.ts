import { isBuiltin } from "node:module";

import type { Plugin } from "rolldown";

const prefix = "\0builtin:";

/**
 * Reaches Node's own modules by `process.getBuiltinModule` instead of `import`. An import builds a
 * namespace object, for which Node runs every getter of the module: 1 to 3 ms each, and 20 for
 * `node:http`, where a getter loads all of undici. Names that nobody uses are shaken out.
 */
export function builtinModules(): Plugin {
  return {
    name: "builtin-modules",
    resolveId: (source) => (isBuiltin(source) ? `${prefix}${source}` : null),
    load(id) {
      if (!id.startsWith(prefix)) return null;
      const name = id.slice(prefix.length);
      const names = Object.keys(process.getBuiltinModule(name) ?? {}).filter(
        (key) => /^[a-z_$][\w$]*$/i.test(key) && key !== "default",
      );
      const code = [
        `const builtin = /* @__PURE__ */ process.getBuiltinModule(${JSON.stringify(name)});`,
        "export default builtin;",
        ...names.map(
          (key, index) =>
            `const name${index} = builtin.${key};\nexport { name${index} as ${key} };`,
        ),
      ].join("\n");
      return { code, moduleSideEffects: false };
    },
  };
}
