import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

import { policyJsonSchema } from "./json-schema.ts";
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

interface Keys {
  readonly properties?: Readonly<Record<string, unknown>>;
}

test("docs/policy.md speaks of every key", () => {
  const text = readFileSync(new URL("../../../docs/policy.md", import.meta.url), "utf8");
  const { $defs, ...root } = policyJsonSchema() as Keys & {
    readonly $defs: Readonly<Record<string, Keys>>;
  };
  const keys = [root, ...Object.values($defs)].flatMap(({ properties = {} }) =>
    Object.keys(properties),
  );
  const isNamed = (key: string): boolean => new RegExp(`[\`{ ]${key}[\`:]`).test(text);
  expect(keys.filter((key) => !isNamed(key))).toEqual([]);
});
