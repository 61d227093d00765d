/** Where a JSON document is not what it should be: a path like `images[3].id`, and what was expected there. */
export interface JsonProblem {
  readonly path: string;
  readonly detail: string;
}

type Check = (value: unknown, path: string) => JsonProblem | undefined;

/** Small checks of foreign JSON; each answers the first problem. Written out because a million images pass through. */
export const isText: Check = (value, path) =>
  typeof value === "string" ? undefined : { path, detail: "must be a text" };

export const isFlag: Check = (value, path) =>
  typeof value === "boolean" ? undefined : { path, detail: "must be true or false" };

export const isBytes: Check = (value, path) =>
  typeof value === "number" && Number.isFinite(value) && value >= 0
    ? undefined
    : { path, detail: "must be a number, 0 or more" };

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

export const isTime: Check = (value, path) =>
  typeof value === "string" && RFC_3339.test(value) && !Number.isNaN(Date.parse(value))
    ? undefined
    : { path, detail: "must be an RFC 3339 time" };

export const optional =
  (check: Check): Check =>
  (value, path) =>
    value === undefined ? undefined : check(value, path);

export const oneOfTexts =
  (...allowed: readonly string[]): Check =>
  (value, path) =>
    typeof value === "string" && allowed.includes(value)
      ? undefined
      : { path, detail: `must be one of: ${allowed.join(", ")}` };

export const listOf =
  (check: Check): Check =>
  (value, path) => {
    if (!Array.isArray(value)) return { path, detail: "must be a list" };
    for (let index = 0; index < value.length; index += 1) {
      const problem = check(value[index], `${path}[${index}]`);
      if (problem) return problem;
    }
    return undefined;
  };

export const mapOf =
  (check: Check): Check =>
  (value, path) => {
    if (!isRecord(value)) return { path, detail: "must be an object" };
    for (const key in value) {
      const problem = check(value[key], `${path}["${key}"]`);
      if (problem) return problem;
    }
    return undefined;
  };

export const shape = (fields: Readonly<Record<string, Check>>): Check => {
  const entries = Object.entries(fields);
  return (value, path) => {
    if (!isRecord(value)) return { path, detail: "must be an object" };
    for (const [name, check] of entries) {
      const problem = check(value[name], path === "" ? name : `${path}.${name}`);
      if (problem) return problem;
    }
    return undefined;
  };
};

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
