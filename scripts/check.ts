import { runSteps } from "./steps.ts";

/** From the quickest to the slowest, so that the first failure comes early. */
process.exitCode = runSteps([
  { name: "types", command: "tsc" },
  { name: "types of the core", command: "tsc", args: ["--project", "tsconfig.core.json"] },
  { name: "format", command: "oxfmt", args: ["--check"], remedy: "npm run fix" },
  { name: "lint", command: "oxlint", args: ["--type-aware", "--deny-warnings"] },
  {
    name: "command reference",
    command: "node",
    args: ["scripts/command-reference.ts", "--check"],
    remedy: "npm run fix",
  },
  { name: "boundaries", command: "node", args: ["test/boundaries/check.ts"] },
  { name: "unused code", command: "knip" },
  { name: "unused in production", command: "knip", args: ["--production", "--include=files"] },
  { name: "build", command: "node", args: ["scripts/build.ts"] },
  { name: "package", command: "publint", args: ["--strict"] },
  {
    name: "unit tests",
    command: "vitest",
    args: ["run", "--project", "unit"],
    env: { PLIMSOLL_TEST_OUTPUT: "brief" },
  },
  {
    name: "conformance table",
    command: "node",
    args: ["scripts/conformance.ts", "--check"],
    remedy: "npm run fix",
  },
]);
