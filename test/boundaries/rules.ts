import type { ICruiseOptions, IForbiddenRuleType } from "dependency-cruiser";

// Who may import whom under src/. Run by `npm run check` (check.ts); each rule is proven in
// boundaries.test.ts by a file that breaks it. There is no list of known violations: code that
// breaks a rule moves, or the rule is wrong and changes for everybody.

const core = "oci|inventory|policy|plan";
const adapters = "credentials|docker|kubernetes|layout|registry|store";
const edges = "cli|http|daemon";
const middle = "ports|apply|recovery|operations";

/** Npm packages that calculate and do no input or output. */
const purePackages = "re2js|semver|smol-toml|yaml|zod|croner";

/** Every npm package that `src` may import; the bundle contains what these need as well. */
const shippedPackages = `${purePackages}|commander|modern-tar|undici|@grpc/grpc-js|protobufjs|@kubernetes/client-node|age-encryption`;

/** Tests sit beside their sources and may look wherever they need. */
const test = "\\.test\\.ts$";

/** The process that wires everything: src/main.ts, and parts of it that outgrew one file. */
const main = "^src/main(\\.ts$|/)";

/** Files of the first folder in `order` may not see the later ones, and so on. */
function flowsDown(name: string, order: readonly string[], comment: string): IForbiddenRuleType[] {
  return order.slice(0, -1).map((folder, index) => ({
    name: `${name}/${folder}`,
    comment,
    severity: "error",
    from: { path: `^src/${folder}/`, pathNot: test },
    to: { path: `^src/(${order.slice(index + 1).join("|")})/` },
  }));
}

export const rules: readonly IForbiddenRuleType[] = [
  {
    name: "core-is-pure",
    comment:
      "A plan must follow from an inventory, a policy and a time alone, so that it can be replayed " +
      "and tested without an engine. Take what comes from outside as an argument; put what reads or " +
      "writes into an adapter behind a port. A pure npm package is added to `purePackages` by name.",
    severity: "error",
    from: { path: `^src/(${core})/`, pathNot: test },
    to: { pathNot: [`^src/(${core})/`, `^node_modules/(${purePackages})/`] },
  },
  ...flowsDown(
    "core-flows-down",
    ["oci", "inventory", "policy", "plan"],
    "The words of the specification know nothing of what exists, that knows nothing of intent, and " +
      "intent nothing of decisions. Move the shared concept down to the lowest folder that needs it.",
  ),
  ...flowsDown(
    "middle-flows-down",
    ["ports", "apply", "recovery", "operations"],
    "Operations are built from apply and recovery, those on ports. Move the shared part down.",
  ),
  {
    name: "middle-sees-no-edge",
    comment:
      "What carries a plan out is the same for a command, a daemon and a test. Ask for what is " +
      "needed through a port, or return it as a value that the edge shows.",
    severity: "error",
    from: { path: `^src/(${middle})/`, pathNot: test },
    to: { path: `^src/(${edges}|config)/` },
  },
  {
    name: "ports-are-types",
    comment:
      "A port is a promise without code. Write `import type` in it; code that two adapters share " +
      "belongs to the core, or is not shared.",
    severity: "error",
    from: { path: "^src/ports/", pathNot: test },
    to: { dependencyTypesNot: ["type-only"] },
  },
  {
    name: "ports-are-imported-as-types",
    comment: "Nothing in a port exists at run time: write `import type`.",
    severity: "error",
    from: { path: "^src/" },
    to: { path: "^src/ports/", dependencyTypesNot: ["type-only"] },
  },
  {
    name: "adapters-do-not-meet",
    comment:
      "An adapter that knows another cannot be replaced alone. What they share is a word of `oci` or " +
      "`inventory`; what combines them is an operation over ports.",
    severity: "error",
    from: { path: `^src/(${adapters})/`, pathNot: test },
    to: { path: `^src/(${adapters})/`, pathNot: "^src/$1/" },
  },
  {
    name: "adapters-decide-nothing",
    comment:
      "An adapter that sees a policy or a plan starts to decide. It reads and removes what it is " +
      "told by name, in terms of `oci`, `inventory` and the ports.",
    severity: "error",
    from: { path: "^src/(credentials|docker|kubernetes|layout|registry)/", pathNot: test },
    to: { path: "^src/", pathNot: "^src/(oci|inventory|ports|concurrency|$1)/" },
  },
  {
    name: "concurrency-stands-alone",
    comment:
      "What adapters and the middle share in order to do several things at once knows nothing of what is " +
      "done. Take it as a function; what is about images, files or requests belongs to its own folder.",
    severity: "error",
    from: { path: "^src/concurrency/", pathNot: test },
    to: { pathNot: "^src/concurrency/" },
  },
  {
    name: "store-keeps-only",
    comment: "The store writes down what the core made, and starts nothing by itself.",
    severity: "error",
    from: { path: "^src/store/", pathNot: test },
    to: { path: "^src/", pathNot: `^src/(${core}|ports|store)/` },
  },
  {
    name: "only-apply-removes",
    comment:
      "Whoever can name the remover can remove. Only what carries a plan out, the adapters that " +
      "implement it and main may; everything else makes a plan and hands it to operations/apply.",
    severity: "error",
    from: {
      path: "^src/",
      pathNot: [test, "^src/(apply|docker|layout|registry)/", "^src/operations/apply", main],
    },
    to: { path: "^src/ports/image-remover\\.ts$" },
  },
  {
    name: "edges-use-operations",
    comment:
      "A command, a route and a loop do the same work through the same operation. Add the operation " +
      "that is missing; never reach around it to the parts that it is made of.",
    severity: "error",
    from: { path: `^src/(${edges})/`, pathNot: test },
    to: { path: `^src/(${adapters}|apply|recovery)/` },
  },
  {
    name: "only-main-wires",
    comment:
      "One place chooses the implementations. Take the port as an argument, and let main pass it.",
    severity: "error",
    from: { path: "^src/", pathNot: [test, `^src/(${adapters}|config)/`, main] },
    to: { path: `^src/(${adapters}|config)/` },
  },
  {
    name: "main-is-the-top",
    comment: "Main imports everything, so whoever imports main depends on everything.",
    severity: "error",
    from: { path: "^src/", pathNot: main },
    to: { path: main },
  },
  {
    name: "config-reads-only",
    comment: "Configuration is turned into core types; what to do with it is decided by main.",
    severity: "error",
    from: { path: "^src/config/", pathNot: test },
    to: { path: "^src/", pathNot: `^src/(${core}|ports|config)/` },
  },
  {
    name: "only-config-reads-env",
    comment:
      "Settings that are read all over the code cannot be listed, checked or tested. Read the " +
      "variable in src/config and pass its value. The linter forbids `process.env` likewise.",
    severity: "error",
    from: { path: "^src/", pathNot: [test, "^src/config/"] },
    to: { path: "^(node:)?process$", dependencyTypes: ["core"] },
  },
  {
    name: "web-sees-wire-only",
    comment: "A page in a browser knows the server by what goes over the wire, and nothing else.",
    severity: "error",
    from: { path: "^web/" },
    to: { path: "^src/", pathNot: "^src/http/wire(\\.ts$|/)" },
  },
  {
    name: "no-cycles",
    comment:
      "Modules in a circle are one module that nobody can read or test in parts. Move what both " +
      "need into a third.",
    severity: "error",
    from: {},
    to: { circular: true },
  },
  {
    name: "no-orphans",
    comment: "Nothing uses this module: use it or delete it.",
    severity: "error",
    from: { orphan: true, path: "^src/", pathNot: [test, main] },
    to: {},
  },
  {
    name: "no-index-imports",
    comment: "An index hides what is used and makes circles. Import the file that has the name.",
    severity: "error",
    from: { path: "^src/" },
    to: { path: "^src/.*/index\\.ts$" },
  },
  {
    name: "no-dev-packages",
    comment:
      "What src imports is inlined into the published bundle. A package for users is added to " +
      "`shippedPackages` by name, after a look at its size, its licence and who keeps it.",
    severity: "error",
    from: { path: "^(src|bin)/", pathNot: test },
    to: { path: "node_modules/", pathNot: `^node_modules/(${shippedPackages})/` },
  },
  {
    name: "no-unresolvable",
    comment: "The import leads nowhere: a wrong path, or a package that is not in package.json.",
    severity: "error",
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: "no-test-imports",
    comment: "The product must not need its tests. Move what both use into the product.",
    severity: "error",
    from: { path: "^src/", pathNot: test },
    to: { path: [test, "^(test|scripts)/"] },
  },
];

export const readingOptions: ICruiseOptions = {
  // Not the TypeScript compiler: version 7 has no API that dependency-cruiser could read, and it
  // would then find no module and report success.
  parser: "swc",
  tsPreCompilationDeps: true,
  doNotFollow: { path: "node_modules" },
};
