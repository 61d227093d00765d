import fc from "fast-check";
import { expect, test } from "vitest";

import {
  GRACE_MS,
  MAY,
  NOW,
  observeLayout,
  scratchLayout,
} from "../../test/harness/scratch-layout.ts";
import { createLayoutRemover } from "./layout-remover.ts";

/** Images as sets of layers, indexes as sets of images, what index.json lists, and which of that goes. */
const layoutShape = fc.record({
  images: fc.array(fc.uniqueArray(fc.nat(7), { minLength: 1 }), { minLength: 1, maxLength: 6 }),
  indexes: fc.array(fc.uniqueArray(fc.nat(5), { minLength: 1 }), { maxLength: 3 }),
  signed: fc.uniqueArray(fc.nat(5), { maxLength: 3 }),
  listed: fc.uniqueArray(fc.nat(8), { minLength: 1 }),
  going: fc.uniqueArray(fc.nat(8)),
});

test("any removal frees exactly what the inventory says only the removed images stand on", async () => {
  await fc.assert(
    fc.asyncProperty(layoutShape, async (shape) => {
      const layout = scratchLayout();
      const images = shape.images.map((layers, at) =>
        layout.image(
          {
            layers: layers.map((seed) => layout.layer(`layer-${seed}`, 50, MAY)),
            labels: { at: `${at}` },
          },
          MAY,
        ),
      );
      const indexes = shape.indexes.map((members) =>
        layout.index(
          members.flatMap((at) => images[at] ?? []),
          MAY,
        ),
      );
      for (const at of shape.signed) {
        const subject = images[at];
        if (subject !== undefined)
          layout.referrer(subject, "application/x", `signature ${at}`, MAY);
      }
      const candidates = [...images, ...indexes];
      for (const at of shape.listed) {
        const descriptor = candidates[at];
        if (descriptor !== undefined) layout.add(descriptor);
      }

      const options = {
        directory: layout.directory,
        now: () => NOW.getTime(),
        graceMs: GRACE_MS,
      };
      const remover = createLayoutRemover(options);
      // What nothing listed from the start is not part of the inventory.
      await remover.sweep();
      const before = await observeLayout(layout.directory);
      expect(await remover.contentBytes()).toBe(sum(Object.values(before.blobs)));

      const going = new Set(shape.going.flatMap((at) => candidates[at]?.digest ?? []));
      await Promise.all([...going].map((id) => remover.deleteImage(id, [])));
      const kept = new Set(
        before.images.filter(({ id }) => !going.has(id)).flatMap(({ blobs }) => blobs),
      );
      const swept = await remover.sweep();
      expect(swept.toSorted()).toEqual(Object.keys(before.blobs).filter((blob) => !kept.has(blob)));
      expect((await observeLayout(layout.directory)).complete).toBe(true);
    }),
    { numRuns: 40 },
  );
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
