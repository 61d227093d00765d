import { TemplateError, type Expression, type Template } from "./template.ts";
import { callFunction } from "./template-functions.ts";
import { isTruthy, showValue } from "./template-values.ts";

/** Fills a template with a JSON value; throws a `TemplateError` for a field that is not there. */
export function renderTemplate(template: Template, root: unknown): string {
  return renderNodes(template, root, root);
}

function renderNodes(nodes: Template, current: unknown, root: unknown): string {
  let text = "";
  for (const node of nodes) {
    switch (node.kind) {
      case "text":
        text += node.text;
        break;
      case "value":
        text += showValue(evaluate(node.of, current, root));
        break;
      case "if":
        text += renderNodes(
          isTruthy(evaluate(node.test, current, root)) ? node.body : node.otherwise,
          current,
          root,
        );
        break;
      case "range": {
        const elements = elementsOf(evaluate(node.over, current, root));
        if (elements.length === 0) text += renderNodes(node.otherwise, current, root);
        for (const element of elements) text += renderNodes(node.body, element, root);
        break;
      }
      default:
        node satisfies never;
    }
  }
  return text;
}

function evaluate(expression: Expression, current: unknown, root: unknown): unknown {
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "call":
      return callFunction(
        expression.name,
        expression.args.map((argument) => evaluate(argument, current, root)),
      );
    case "path": {
      const { from } = expression;
      let value =
        from === "current" ? current : from === "root" ? root : evaluate(from, current, root);
      for (const field of expression.fields) value = fieldOf(value, field);
      return value;
    }
  }
}

function fieldOf(value: unknown, field: string): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TemplateError(
      `".${field}" asks for a field of ${value === null ? "nothing" : "what is no object"}`,
    );
  }
  if (Object.hasOwn(value, field)) return (value as Readonly<Record<string, unknown>>)[field];
  const known = Object.keys(value);
  const meant = known.find((name) => name.toLowerCase() === field.toLowerCase());
  const hint = meant === undefined ? `there are ${known.join(", ")}` : `did you mean ".${meant}"?`;
  throw new TemplateError(`there is no field ".${field}"; ${hint}`);
}

/** What `range` walks through; the values of an object in the order of their keys. */
function elementsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value === null || value === undefined) return [];
  if (typeof value !== "object")
    throw new TemplateError(`range cannot walk through ${JSON.stringify(value)}`);
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, element]: [string, unknown]) => element);
}
