/** A parsed format template: the part of Go's `text/template` language that people use with `docker inspect --format`. */
export type Template = readonly TemplateNode[];

export type TemplateNode =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "value"; readonly of: Expression }
  | {
      readonly kind: "range";
      readonly over: Expression;
      readonly body: Template;
      readonly otherwise: Template;
    }
  | {
      readonly kind: "if";
      readonly test: Expression;
      readonly body: Template;
      readonly otherwise: Template;
    };

export type Expression =
  /** `.A.B` from the current value, `$.A.B` from the whole. */
  | {
      readonly kind: "path";
      readonly from: "current" | "root" | Expression;
      readonly fields: readonly string[];
    }
  | { readonly kind: "literal"; readonly value: string | number | boolean }
  | {
      readonly kind: "call";
      readonly name: TemplateFunction;
      readonly args: readonly Expression[];
    };

/** Each function with the numbers of arguments it takes, a value from a pipe included. */
export const TEMPLATE_FUNCTIONS = {
  eq: { least: 2, most: 2 },
  index: { least: 2, most: 8 },
  join: { least: 2, most: 2 },
  json: { least: 1, most: 1 },
  len: { least: 1, most: 1 },
  lower: { least: 1, most: 1 },
  ne: { least: 2, most: 2 },
  not: { least: 1, most: 1 },
  println: { least: 0, most: 8 },
  upper: { least: 1, most: 1 },
} as const satisfies Readonly<Record<string, { readonly least: number; readonly most: number }>>;

export type TemplateFunction = keyof typeof TEMPLATE_FUNCTIONS;

export function isTemplateFunction(name: string): name is TemplateFunction {
  return Object.hasOwn(TEMPLATE_FUNCTIONS, name);
}

/** The template is wrong, or asks for what the value does not have. `message` names the place. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}
