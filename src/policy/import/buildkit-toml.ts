import { parse, TomlError } from "smol-toml";

/** The value of a TOML text; undefined, with a problem said, where it is none. */
export function parseToml(text: string, problems: string[]): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [why = "not TOML"] = error.message.split("\n");
    problems.push(`line ${error.line}, column ${error.column}: ${why}`);
    return undefined;
  }
}
