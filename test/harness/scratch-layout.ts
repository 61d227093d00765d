import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { onTestFinished } from "vitest";

import { LayoutWriter, type BlobDescriptor } from "../../scripts/demo/layout-writer.ts";
import type { Image } from "../../src/inventory/image.ts";
import type { Inventory } from "../../src/inventory/inventory.ts";
import { createLayoutReader } from "../../src/layout/layout-reader.ts";
import type { ObserveProgress } from "../../src/ports/image-reader.ts";

export const NOW = new Date("2026-06-01T12:00:00Z");
export const MAY = new Date("2026-05-01T00:00:00Z");
export const APRIL = new Date("2026-04-01T00:00:00Z");
export const GRACE_MS = 3_600_000;

/** An empty directory that goes with the test. */
export function scratchDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "plimsoll-layout-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** An empty layout called `app` that goes with the test. */
export function scratchLayout(): LayoutWriter {
  return new LayoutWriter(join(scratchDirectory(), "app"));
}

/** An image of one layer, built in April and written in May. */
export function writeImage(
  layout: LayoutWriter,
  seed: string,
  architecture?: string,
): BlobDescriptor {
  const layers = [layout.layer(seed, 100, MAY)];
  const platform = architecture === undefined ? {} : { architecture };
  return layout.image({ layers, createdAt: APRIL, ...platform }, MAY);
}

/** The inventory of a layout as of `NOW`. */
export function observeLayout(
  directory: string,
  onProgress?: (progress: ObserveProgress) => void,
): Promise<Inventory> {
  const target = { kind: "layout", name: "app", address: "oci:app" } as const;
  const reader = createLayoutReader({
    directory,
    target,
    now: () => NOW.getTime(),
    graceMs: GRACE_MS,
  });
  const { signal } = new AbortController();
  return reader.observe({ signal, ...(onProgress === undefined ? {} : { onProgress }) });
}

export function imageOf(inventory: Inventory, id: string): Image {
  const image = inventory.images.find((candidate) => candidate.id === id);
  if (image === undefined) throw new Error(`${id} is not in the inventory`);
  return image;
}
