import { randomLayer, type ImageLayer } from "./image-layer.ts";
import type { ImageSpec } from "./image-tar.ts";
import type { SeededRandom } from "./seeded-random.ts";

const GROUP_SIZE = 10;
const FIRST_CREATED_MS = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;

/**
 * Images as a build host collects them: each has 8 layers, of which 3 are common to all, 2 are shared by a group of
 * ten (one repository `team/app-N`), and 3 are its own. They are created an hour apart.
 */
export function manyImages(
  count: number,
  random: SeededRandom,
  layerBytes: number = 4096,
): ImageSpec[] {
  const makeLayers = (number: number): ImageLayer[] =>
    Array.from({ length: number }, () => randomLayer(random, { files: 1, fileBytes: layerBytes }));
  const common = makeLayers(3);
  let ofGroup: ImageLayer[] = [];
  return Array.from({ length: count }, (_, index) => {
    if (index % GROUP_SIZE === 0) ofGroup = makeLayers(2);
    return {
      references: [`team/app-${Math.floor(index / GROUP_SIZE)}:build-${index}`],
      layers: [...common, ...ofGroup, ...makeLayers(3)],
      created: new Date(FIRST_CREATED_MS + index * HOUR_MS).toISOString(),
    };
  });
}
