import { editDistance } from "../../inventory/edit-distance.ts";

/** The word that a mistyped one was meant to be; undefined where none is near, or two are equally near. */
export function nearestWord(text: string, words: readonly string[]): string | undefined {
  const asked = text.toLowerCase();
  const allowed = asked.length < 3 ? 1 : Math.max(1, Math.floor(asked.length / 3));
  let best: string | undefined;
  let bestDistance = allowed + 1;
  for (const word of words) {
    const distance = editDistance(asked, word.toLowerCase(), allowed);
    if (distance === undefined || distance > bestDistance) continue;
    best = distance === bestDistance ? undefined : word;
    bestDistance = distance;
  }
  return bestDistance > allowed ? undefined : best;
}
