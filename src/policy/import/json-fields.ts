import { isRecord } from "../../inventory/parse-json.ts";

/** The value of a JSON text; undefined, with a problem said, where it is none. */
export function readJson(text: string, problems: string[]): unknown {
  if (text.trim() === "") {
    problems.push("the text is empty");
    return undefined;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    problems.push(`this is not JSON: ${error.message}`);
    return undefined;
  }
}

/** Undefined, with a problem said, where the value is no object. */
export function readFields(
  value: unknown,
  path: string,
  problems: string[],
): JsonFields | undefined {
  if (isRecord(value)) return new JsonFields(value, path, problems);
  problems.push(`${path === "" ? "the document" : path}: must be an object`);
  return undefined;
}

/**
 * Reads an object of another system's JSON field by field. Whatever is not as it must be is said in `problems`, with its
 * path, and answered with undefined; an absent field and `null` are undefined without a problem.
 */
export class JsonFields {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #problems: string[];
  readonly #known = new Set<string>();

  constructor(value: Readonly<Record<string, unknown>>, path: string, problems: string[]) {
    this.#value = value;
    this.#path = path;
    this.#problems = problems;
  }

  has(name: string): boolean {
    return this.raw(name) !== undefined;
  }

  raw(name: string): unknown {
    this.#known.add(name);
    return Object.hasOwn(this.#value, name) ? (this.#value[name] ?? undefined) : undefined;
  }

  text(name: string): string | undefined {
    const value = this.raw(name);
    if (value === undefined || typeof value === "string") return value;
    return this.problem(name, "must be a text");
  }

  texts(name: string): readonly string[] | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.every((each): each is string => typeof each === "string")) {
      return value;
    }
    return this.problem(name, "must be a list of texts");
  }

  flag(name: string): boolean | undefined {
    const value = this.raw(name);
    if (value === undefined || typeof value === "boolean") return value;
    return this.problem(name, "must be true or false");
  }

  whole(name: string, least: number): number | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return value;
    return this.problem(
      name,
      `must be a whole number, ${least} or more, not ${JSON.stringify(value)}`,
    );
  }

  oneOf<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    const word = words.find((each) => each === value);
    return word ?? this.problem(name, `must be ${or(words)}, not ${JSON.stringify(value)}`);
  }

  object(name: string): JsonFields | undefined {
    const value = this.raw(name);
    return value === undefined ? undefined : readFields(value, this.pathOf(name), this.#problems);
  }

  objects(name: string): readonly JsonFields[] | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return this.problem(name, "must be a list");
    return value.flatMap(
      (each: unknown, index) =>
        readFields(each, `${this.pathOf(name)}[${index}]`, this.#problems) ?? [],
    );
  }

  /** The fields of an object that maps names to objects. */
  entries(name: string): readonly (readonly [key: string, fields: JsonFields])[] {
    const value = this.raw(name);
    if (value === undefined) return [];
    if (!isRecord(value)) {
      this.problem(name, "must be an object");
      return [];
    }
    return Object.entries(value).flatMap(([key, each]) => {
      const fields = readFields(each, `${this.pathOf(name)}["${key}"]`, this.#problems);
      return fields === undefined ? [] : [[key, fields] as const];
    });
  }

  /** Says a problem of a field, or of the object itself. */
  problem(name: string | undefined, detail: string): undefined {
    this.#problems.push(`${name === undefined ? this.#path : this.pathOf(name)}: ${detail}`);
    return undefined;
  }

  /** What nobody has asked for by now, and is not named here, is a problem: a field may change what a rule means. */
  refuseOthers(...ignored: readonly string[]): void {
    for (const name of Object.keys(this.#value)) {
      if (this.#known.has(name) || ignored.includes(name)) continue;
      this.problem(name, "is not known here");
    }
  }

  pathOf(name: string): string {
    return this.#path === "" ? name : `${this.#path}.${name}`;
  }
}

function or(words: readonly string[]): string {
  const quoted = words.map((word) => `"${word}"`);
  return quoted.length < 2
    ? quoted.join("")
    : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}
