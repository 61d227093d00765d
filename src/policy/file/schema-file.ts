/** Where the JSON Schema is expected, beside the policy that names it. */
export const SCHEMA_FILE = "plimsoll-policy.schema.json";
