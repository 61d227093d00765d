import * as z from "zod";

import { clusterContext } from "../../../inventory/foreign-use.ts";
import { imageRuleSchema, protectSchema } from "./image-rule-schema.ts";
import { complainTo } from "./complain.ts";
import { mapping, optional } from "./mapping.ts";
import { mistake } from "./mistake.ts";
import { reader } from "./reader.ts";
import {
  buildCacheSchema,
  containersSchema,
  networksSchema,
  volumesSchema,
} from "./resource-schemas.ts";
import { headroomSchema, limitsSchema, recoverySchema } from "./settings-schemas.ts";
import { inUseOnSchema, targetsSchema } from "./target-schema.ts";
import { scheduleSchema, timeZoneSchema } from "./time-schemas.ts";

export const LANGUAGE_VERSION = 1;

const version = reader(
  (value): typeof LANGUAGE_VERSION | ReturnType<typeof mistake> =>
    value === LANGUAGE_VERSION
      ? LANGUAGE_VERSION
      : mistake(
          `is not the version of the language that this program reads`,
          `${LANGUAGE_VERSION}`,
        ),
  { const: LANGUAGE_VERSION, description: "The version of the policy language." },
);

/** A whole file. */
export const policySchema = mapping("a policy", {
  version,
  targets: optional(
    targetsSchema.meta({ description: "The places that this policy is for, by name." }),
  ),
  inUseOn: optional(
    inUseOnSchema.meta({
      description:
        "For a registry: engines among targets whose images and containers keep what they hold or use there. Default: all of them, or where there are none those that docker is configured for; [] asks none.",
    }),
  ),
  protect: optional(
    z.array(protectSchema).meta({
      description: "Never removed, whatever else is said: reference patterns, or matches.",
    }),
  ),
  images: optional(
    z.array(imageRuleSchema).meta({
      description:
        "Rules in order; the first that decides about an image decides. What matches none is kept.",
    }),
  ),
  containers: optional(containersSchema.meta({ description: "Containers that do not run." })),
  volumes: optional(volumesSchema.meta({ description: "Volumes that no container uses." })),
  networks: optional(networksSchema.meta({ description: "Networks that no container uses." })),
  buildCache: optional(buildCacheSchema.meta({ description: "The build cache." })),
  headroom: optional(
    headroomSchema.meta({
      description:
        "The load line: above start, least recently used images go until it is below stop.",
    }),
  ),
  recovery: optional(recoverySchema.meta({ description: "How removed images come back." })),
  limits: optional(limitsSchema.meta({ description: "What an unattended run stops at." })),
  schedule: optional(scheduleSchema),
  timeZone: optional(timeZoneSchema),
})
  .superRefine(({ inUseOn = [], targets = {} }, context) => {
    for (const [index, name] of inUseOn.entries()) {
      if (clusterContext(name) !== undefined) continue;
      const kind = Object.hasOwn(targets, name) ? targets[name]?.kind : undefined;
      if (kind === "engine") continue;
      const what = kind === undefined ? "is none of the targets" : `is a ${kind}`;
      complainTo(context)(
        ["inUseOn", index],
        `${what}; an engine among them is wanted, or kubernetes:CONTEXT`,
      );
    }
  })
  .meta({ title: "Plimsoll policy", description: "What is kept and what may go." });

export type PolicyDocument = z.output<typeof policySchema>;
