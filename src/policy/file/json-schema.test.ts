import { expect, test } from "vitest";
import { parse } from "yaml";
import * as z from "zod";

import { PRESET_NAMES, presetPolicy } from "../presets.ts";
import { policyJsonSchema } from "./json-schema.ts";
import { writePolicy } from "./write-policy.ts";

const schema = policyJsonSchema();
const check = z.fromJSONSchema(schema as z.core.JSONSchema.JSONSchema);

function isAccepted(file: string): boolean {
  return check.safeParse(parse(file, { merge: true })).success;
}

test.each(PRESET_NAMES)("an editor finds nothing wrong with the preset %s", (name) => {
  const policy = presetPolicy(name) ?? { source: "", protect: [], images: [] };
  expect(isAccepted(writePolicy(policy))).toBe(true);
});

test.each([
  "version: 2",
  "imags: []",
  "images: [{ match: { tga: a }, keep: { last: 1 } }]",
  "images: [{ match: { tag: a } }]",
  "images: [{ keep: { within: 30 } }]",
  "images: [{ keep: { within: 3 months } }]",
  "images: [{ keep: { last: 0 } }]",
  "images: [{ match: { size: 1GB }, keep: { last: 1 } }]",
  "images: [{ match: { any: [{ state: lost }] }, keep: { last: 1 } }]",
  "headroom: { start: 85, stop: 70 }",
  "limits: { images: 0.5 }",
])("an editor marks %s", (text) => {
  expect(isAccepted(text.startsWith("version") ? text : `version: 1\n${text}`)).toBe(false);
});

test("the file's own keys are no mistakes", () => {
  expect(JSON.stringify(schema)).toContain('"patternProperties":{"^x-":{}}');
});

/** Names of keys in the schema that are not described, where they stand or where they lead to. */
function undescribed(node: unknown, path = ""): readonly string[] {
  if (typeof node !== "object" || node === null) return [];
  const { properties = {} } = node as { readonly properties?: Record<string, object> };
  const bare = Object.entries(properties).flatMap(([key, value]) =>
    isDescribed(value) ? [] : [`${path}.${key}`],
  );
  return [
    ...bare,
    ...Object.entries(node).flatMap(([key, value]) => undescribed(value, `${path}.${key}`)),
  ];
}

function isDescribed(value: object): boolean {
  if ("description" in value || "$ref" in value) return true;
  const { anyOf = [] } = value as { readonly anyOf?: readonly object[] };
  return anyOf.some(isDescribed);
}

test("every key is described", () => {
  expect(undescribed(schema)).toEqual([]);
});
