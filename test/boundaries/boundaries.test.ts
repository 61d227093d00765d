import { describe, expect, test } from "vitest";

import { readBoundaries } from "./read-boundaries.ts";
import { readingOptions, rules } from "./rules.ts";
import { lawfulTree, withScratchTree } from "./scratch-tree.ts";
import type { Files } from "./scratch-tree.ts";

const importing = (path: string) => `import * as planted from "${path}";\nexport { planted };`;
const importingType = (path: string) => `import type { X } from "${path}";\nexport type Y = X;`;
const importingLazily = (path: string) => `export const load = () => import("${path}");`;

/** The rule, the file that is planted beside the lawful tree, and what stands in it. */
const plantings: readonly (readonly [rule: string, file: string, text: string])[] = [
  ["core-is-pure", "src/oci/planted.ts", importing("node:fs")],
  ["core-is-pure", "src/oci/planted.ts", importingType("node:fs")],
  ["core-is-pure", "src/inventory/planted.ts", importingType("../ports/image-reader.ts")],
  ["core-is-pure", "src/policy/planted.ts", importing("commander")],
  ["core-is-pure", "src/plan/planted.ts", importingLazily("../docker/read-images.ts")],
  ["core-is-pure", "src/plan/planted.ts", importing("../operations/apply.ts")],

  ["core-flows-down/oci", "src/oci/planted.ts", importingType("../inventory/image.ts")],
  ["core-flows-down/oci", "src/oci/planted.ts", importing("../plan/decide.ts")],
  ["core-flows-down/inventory", "src/inventory/planted.ts", importing("../policy/match.ts")],
  ["core-flows-down/policy", "src/policy/planted.ts", importingType("../plan/decide.ts")],
  [
    "core-flows-down/policy",
    "src/policy/planted.ts",
    `export type { X } from "../plan/decide.ts";`,
  ],

  ["middle-flows-down/ports", "src/ports/planted.ts", importingType("../apply/apply-plan.ts")],
  ["middle-flows-down/apply", "src/apply/planted.ts", importing("../operations/apply.ts")],
  ["middle-flows-down/recovery", "src/recovery/planted.ts", importing("../operations/apply.ts")],
  ["middle-sees-no-edge", "src/operations/planted.ts", importing("../cli/run-cli.ts")],
  ["middle-sees-no-edge", "src/apply/planted.ts", importingType("../config/read-config.ts")],

  ["ports-are-types", "src/ports/planted.ts", importing("../oci/digest.ts")],
  ["ports-are-types", "src/ports/planted.ts", `export { isDigest } from "../oci/digest.ts";`],
  ["ports-are-types", "src/ports/planted.ts", importing("node:fs")],
  ["ports-are-imported-as-types", "src/apply/planted.ts", importing("../ports/image-reader.ts")],

  ["adapters-do-not-meet", "src/docker/planted.ts", importing("../layout/read-layout.ts")],
  ["adapters-do-not-meet", "src/layout/planted.ts", importingType("../store/journal.ts")],
  ["adapters-do-not-meet", "src/store/planted.ts", importingLazily("../docker/read-images.ts")],
  ["adapters-decide-nothing", "src/docker/planted.ts", importing("../policy/match.ts")],
  ["adapters-decide-nothing", "src/layout/planted.ts", importingType("../plan/decide.ts")],
  ["adapters-decide-nothing", "src/registry/planted.ts", importing("../apply/apply-plan.ts")],
  ["concurrency-stands-alone", "src/concurrency/planted.ts", importing("node:os")],
  ["concurrency-stands-alone", "src/concurrency/planted.ts", importing("../oci/digest.ts")],
  ["store-keeps-only", "src/store/planted.ts", importing("../operations/apply.ts")],

  ["only-apply-removes", "src/cli/planted.ts", importingType("../ports/image-remover.ts")],
  ["only-apply-removes", "src/operations/plan.ts", importingType("../ports/image-remover.ts")],
  ["only-apply-removes", "src/recovery/planted.ts", importingType("../ports/image-remover.ts")],
  ["only-apply-removes", "src/store/planted.ts", importingType("../ports/image-remover.ts")],

  ["edges-use-operations", "src/cli/planted.ts", importing("../docker/read-images.ts")],
  ["edges-use-operations", "src/cli/planted.ts", importingType("../apply/apply-plan.ts")],
  ["edges-use-operations", "src/http/planted.ts", importing("../store/journal.ts")],
  ["edges-use-operations", "src/daemon/planted.ts", importingLazily("../layout/read-layout.ts")],

  ["only-main-wires", "src/operations/planted.ts", importing("../docker/read-images.ts")],
  ["only-main-wires", "src/cli/planted.ts", importing("../config/read-config.ts")],
  ["main-is-the-top", "src/cli/planted.ts", importing("../main.ts")],
  ["config-reads-only", "src/config/planted.ts", importing("../cli/run-cli.ts")],
  [
    "only-config-reads-env",
    "src/cli/planted.ts",
    `import { env } from "node:process";\nexport { env };`,
  ],
  ["only-config-reads-env", "src/docker/planted.ts", importing("process")],

  ["web-sees-wire-only", "web/page.ts", importingType("../src/plan/decide.ts")],

  ["no-cycles", "src/cli/planted.ts", importing("./planted.ts")],
  ["no-orphans", "src/oci/planted.ts", `export const unused = true;`],
  ["no-index-imports", "src/cli/planted.ts", importing("./index.ts")],
  ["no-dev-packages", "src/cli/planted.ts", importing("vitest")],
  ["no-dev-packages", "src/docker/planted.ts", importingLazily("vitest")],
  [
    "no-dev-packages",
    "src/docker/planted.ts",
    `export async function load() { using planted = await import("vitest"); }`,
  ],
  ["no-unresolvable", "src/cli/planted.ts", importing("./nowhere.ts")],
  ["no-unresolvable", "src/cli/planted.ts", importing("not-installed")],
  ["no-test-imports", "src/inventory/planted.ts", importing("./image.test.ts")],
  ["no-test-imports", "src/cli/planted.ts", importing("../../test/fake.ts")],
];

/** What a planting needs to stand on, and breaks nothing by itself. */
const footing: Files = {
  "src/cli/index.ts": importing("./run-cli.ts"),
  "src/http/wire.ts": `import type { X } from "../plan/decide.ts";\nexport type Wire = X;`,
  "test/fake.ts": `export const fake = true;`,
};

function rulesBrokenBy(files: Files): Promise<string[]> {
  return withScratchTree({ ...lawfulTree, ...footing, ...files }, async (root) => {
    const { violations } = await readBoundaries(root);
    return violations.map(({ rule }) => rule);
  });
}

describe("boundaries", () => {
  test("a lawful tree breaks no rule, and every file of it is read", async () => {
    const report = await withScratchTree({ ...lawfulTree, ...footing }, readBoundaries);
    expect(report.violations).toEqual([]);
    expect(report.unread).toEqual([]);
    expect(report.moduleCount).toBeGreaterThan(Object.keys(lawfulTree).length - 10);
  });

  test("a page may see what goes over the wire", async () => {
    expect(await rulesBrokenBy({ "web/page.ts": importingType("../src/http/wire.ts") })).toEqual(
      [],
    );
  });

  test.each(plantings)("%s: %s: %j", async (rule, file, text) => {
    expect(await rulesBrokenBy({ [file]: text })).toContain(rule);
  });

  test("two modules that import each other are a cycle, types included", async () => {
    const broken = await rulesBrokenBy({
      "src/cli/one.ts": importingType("./two.ts"),
      "src/cli/two.ts": importingType("./one.ts"),
    });
    expect(broken).toContain("no-cycles");
  });

  test("every rule has a planting, a reason and a way out", () => {
    const planted = new Set(plantings.map(([rule]) => rule));
    expect(rules.map(({ name }) => name).filter((name) => !planted.has(name ?? ""))).toEqual([]);
    expect(rules.filter(({ comment = "" }) => comment.length < 40)).toEqual([]);
  });

  test("a source file that the tool does not read is named", async () => {
    const options = { ...readingOptions, exclude: { path: "^src/oci/" } };
    const report = await withScratchTree(lawfulTree, (root) => readBoundaries(root, options));
    expect(report.unread).toEqual(["src/oci/digest.ts"]);
  });
});
