/** Longer ones are not for people (distribution-spec, "Warnings": 320 bytes). */
const MOST_LENGTH = 320;

/** What a registry wants told to people (`Warning: 299 - "text"`); nothing is ever done because of it. */
export function readWarnings(header: string | undefined): readonly string[] {
  const texts = [...(header ?? "").matchAll(/\b299 - "((?:[^"\\]|\\.)*)"/g)];
  return texts
    .map(([, text = ""]) => text.replace(/\\(.)/g, "$1").slice(0, MOST_LENGTH))
    .filter((text) => text !== "");
}
