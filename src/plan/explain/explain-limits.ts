import type { Image } from "../../inventory/image.ts";
import type { Inventory } from "../../inventory/inventory.ts";
import { timeMs } from "../../inventory/time-ms.ts";
import { criteriaOf } from "../../policy/criteria.ts";
import { partsOf } from "../../policy/library-needs.ts";
import { momentOf } from "../../policy/image-age.ts";
import type { Age, DurationMs, Policy } from "../../policy/policy.ts";

const AGES: readonly Age[] = ["active", "used", "arrived", "created"];

/**
 * Moments ahead at which a duration of the policy ends for one of these images, or for a container; in order,
 * milliseconds. At such a moment the answer is still the old one, after it it may be another.
 */
export function limitsAhead(
  images: readonly Image[],
  { containers }: Inventory,
  policy: Policy,
  nowMs: number,
): readonly number[] {
  const limits = new Set<number>();
  const add = (fromMs: number, durations: readonly DurationMs[]): void => {
    for (const duration of durations) if (fromMs + duration >= nowMs) limits.add(fromMs + duration);
  };
  const durations = imageDurations(policy);
  for (const image of images) {
    for (const age of AGES) {
      const moment = momentOf(image, age);
      if (moment) add(moment.atMs, durations);
    }
  }
  const ids = new Set(images.map(({ id }) => id));
  const containerDurations = (policy.containers ?? []).map(({ within }) => within);
  for (const { imageId, finishedAt, createdAt } of containers) {
    if (ids.has(imageId)) add(timeMs(finishedAt ?? createdAt), containerDurations);
  }
  return [...limits].toSorted((a, b) => a - b);
}

function imageDurations(policy: Policy): readonly DurationMs[] {
  const keeps = policy.images.flatMap(({ keep }) => criteriaOf(keep));
  const matches = [...policy.protect, ...policy.images.map(({ match }) => match)];
  const asked = [
    ...keeps.map(({ within }) => within),
    ...matches.flatMap(partsOf).map(({ olderThan }) => olderThan),
  ];
  return [...new Set(asked.filter((duration) => duration !== undefined))];
}
