import { expect, test } from "vitest";

import { observeLayout, NOW, scratchLayout } from "../../test/harness/scratch-layout.ts";
import { repositoryOf } from "../../src/oci/reference.ts";
import { writeDemoContent } from "./demo-content.ts";

test("the demo's layout has what a plan can show: repositories, sharing, platforms, a signature", async () => {
  const layout = scratchLayout();
  writeDemoContent(layout, NOW);
  const inventory = await observeLayout(layout.directory);
  expect(inventory).toMatchObject({ complete: true, heldBlobs: {} });

  const { images } = inventory;
  expect(images.filter(({ subject }) => subject === undefined)).toHaveLength(31);
  expect(new Set(images.flatMap(({ references }) => references.map(repositoryOf))).size).toBe(6);
  expect(images.filter(({ platforms }) => platforms.length === 2)).toHaveLength(1);
  const signature = images.find(({ subject }) => subject !== undefined);
  expect(images.map(({ id }) => id)).toContain(signature?.subject);

  const users = new Map<string, number>();
  for (const { blobs } of images)
    for (const blob of blobs) users.set(blob, (users.get(blob) ?? 0) + 1);
  expect(Math.max(...users.values())).toBe(31);
});
