import { runSteps } from "./steps.ts";

process.exitCode = runSteps([
  { name: "lint", command: "oxlint", args: ["--type-aware", "--fix"] },
  { name: "format", command: "oxfmt" },
  { name: "command reference", command: "node", args: ["scripts/command-reference.ts"] },
  { name: "conformance table", command: "node", args: ["scripts/conformance.ts"] },
]);
