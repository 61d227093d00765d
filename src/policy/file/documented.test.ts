import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

import { parsePolicyFile } from "./parse-policy.ts";

/** The YAML blocks of the documents, made whole: what is shown of a file is not all of it. */
const blocks = ["README.md", "docs/policy.md"].flatMap((name) => {
  const text = readFileSync(new URL(`../../../${name}`, import.meta.url), "utf8");
  return [...text.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(
    ([, block = ""]) => [name, block] as const,
  );
});

test("the documents have examples", () => {
  expect(blocks.length).toBeGreaterThan(6);
});

test.each(blocks)("%s: %s", (_, block) => {
  const rules = block.startsWith("- ") ? `images:\n${block}` : block;
  const file = rules.includes("version: 1") ? rules : `version: 1\n${rules}`;
  expect(parsePolicyFile(file, "example")).not.toHaveProperty("problems");
});
