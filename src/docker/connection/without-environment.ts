/** Shorter values are no secrets, and cutting them out would leave no sentence. */
const SHORTEST_SECRET = 4;
const CUT_OUT = "…";

/**
 * What an engine answers to the making of a container may quote it, and a proxy's page all of it. Variables of its environment
 * hold secrets: their values are cut out of what is shown.
 */
export function withoutEnvironment(text: string, body: unknown): string {
  const { Env: variables } = (body ?? {}) as { readonly Env?: unknown };
  if (!Array.isArray(variables)) return text;
  return variables
    .filter((variable) => typeof variable === "string")
    .flatMap((variable) => formsOf(variable.slice(variable.indexOf("=") + 1)))
    .filter((value) => value.length >= SHORTEST_SECRET)
    .toSorted((a, b) => b.length - a.length)
    .reduce((shown, value) => shown.replaceAll(value, CUT_OUT), text);
}

/** As it is, and as JSON and Go quote it. */
function formsOf(value: string): readonly string[] {
  return [value, JSON.stringify(value).slice(1, -1)];
}
