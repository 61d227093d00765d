import * as z from "zod";

import { LANGUAGE_VERSION, policySchema } from "./schema/policy-schema.ts";

/** What editors check and complete policy files by: JSON Schema, draft 2020-12, made from the schema that reads them. */
export function policyJsonSchema(): object {
  const schema = z.toJSONSchema(policySchema, {
    target: "draft-2020-12",
    io: "input",
    override({ zodSchema, jsonSchema }) {
      // The reader complains about unknown keys by itself, so that it can name the nearest known one.
      if (zodSchema._zod.def.type === "object") jsonSchema.additionalProperties = false;
      // Left out where values are transformed; ours are of what stands in the file.
      const { examples } = z.globalRegistry.get(zodSchema) ?? {};
      if (Array.isArray(examples)) jsonSchema.examples = examples;
    },
  });
  return {
    ...schema,
    $id: `urn:plimsoll:policy:${LANGUAGE_VERSION}`,
    // A place for anchors, and for the file's own use.
    patternProperties: { "^x-": {} },
  };
}
