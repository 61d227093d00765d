import type { z } from "zod";

import { imageRule, type PositionOf } from "./assemble-policy.ts";
import type { ReadParts } from "./check-policy.ts";
import { valueAt, type LocatedValue } from "./located-value.ts";
import { imageRuleSchema, protectSchema } from "./schema/image-rule-schema.ts";

/** What can be read of a file that has mistakes, so that what remains is checked all the same. */
export function readParts(root: LocatedValue, positionOf: PositionOf): ReadParts {
  return {
    images: readEach(root, "images", imageRuleSchema).map((rule, index) =>
      rule === undefined ? undefined : imageRule(rule, index, positionOf),
    ),
    protect: readEach(root, "protect", protectSchema),
  };
}

function readEach<S extends z.ZodType>(
  root: LocatedValue,
  section: string,
  schema: S,
): readonly (z.output<S> | undefined)[] {
  const members = valueAt(root, [section])?.members ?? [];
  return members.map(({ value }) => schema.safeParse(value).data);
}
