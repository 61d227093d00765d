type OptionValue = string | boolean | readonly string[];

/** `--name=value` for each; a list repeats the option, `true` is the bare name, `false` leaves it out. */
export function commandOptions(options: Readonly<Record<string, OptionValue>>): string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    if (typeof value === "boolean") return value ? [`--${name}`] : [];
    const values = typeof value === "string" ? [value] : value;
    return values.map((each) => `--${name}=${each}`);
  });
}
