import type { CacheWords, NetworkWords, VolumeWords } from "./host-words.ts";
import {
  bareAge,
  bareSize,
  lineWords,
  readPhrases,
  takeLabel,
  takeList,
  takeWhen,
  type Line,
  type Phrases,
  type Word,
} from "./line-words.ts";
import type { ReportProblem } from "./report-problem.ts";

export type Draft<Words> = { -readonly [Key in keyof Words]: Words[Key] };
export type Named<Words> = Readonly<Record<string, Words>>;

/** Reads lines of which each begins with a name. */
export function readNamed<Words>(
  lines: readonly Line[],
  report: ReportProblem,
  start: () => Draft<Words>,
  phrases: Phrases<Draft<Words>>,
  bare: (word: Word, draft: Draft<Words>) => boolean,
): Named<Words> {
  const found: Record<string, Words> = {};
  for (const line of lines) {
    const words = lineWords(line, report);
    const name = words.take();
    if (name === undefined) continue;
    if (Object.hasOwn(found, name.text)) words.problem(name, "is told twice");
    const draft = start();
    readPhrases(words, draft, phrases, (word) => bare(word, draft));
    found[name.text] = draft;
  }
  return found;
}

/** Age and size, which need no word before them. */
function ageOrSize({ text }: Word, draft: { created?: string; sizeBytes?: number }): boolean {
  const age = bareAge(text);
  const sizeBytes = bareSize(text);
  if (age !== undefined) draft.created = age;
  if (sizeBytes !== undefined) draft.sizeBytes = sizeBytes;
  return age !== undefined || sizeBytes !== undefined;
}

export const label: Phrases<{ labels?: Readonly<Record<string, string>> }>[string] = (
  words,
  word,
  draft,
) => {
  draft.labels = { ...draft.labels, ...takeLabel(words, word) };
};

/** Reads `data  named  30d  2GB` and the like; a volume is named unless it is called anonymous. */
export function readVolumeLines(lines: readonly Line[], report: ReportProblem): Named<VolumeWords> {
  return readNamed<VolumeWords>(
    lines,
    report,
    () => ({ named: true }),
    {
      named: (_words, _word, draft) => {
        draft.named = true;
      },
      anonymous: (_words, _word, draft) => {
        delete draft.named;
      },
      driver: (words, word, draft) => {
        const driver = words.takeAfter(word, "the name of a driver");
        if (driver !== undefined) draft.driver = driver.text;
      },
      label,
    },
    ageOrSize,
  );
}

/** Reads `lan  30d` and the like. */
export function readNetworkLines(
  lines: readonly Line[],
  report: ReportProblem,
): Named<NetworkWords> {
  return readNamed<NetworkWords>(
    lines,
    report,
    () => ({}),
    {
      swarm: (_words, _word, draft) => {
        draft.scope = "swarm";
      },
      "built-in": (_words, _word, draft) => {
        draft.builtIn = true;
      },
      label,
    },
    ageOrSize,
  );
}

/** Reads `step-1  used 9d  500MB  after step-0` and the like. */
export function readCacheLines(lines: readonly Line[], report: ReportProblem): Named<CacheWords> {
  return readNamed<CacheWords>(
    lines,
    report,
    () => ({}),
    {
      used: (words, word, draft) => {
        const when = takeWhen(words, word);
        if (when !== undefined) draft.used = when;
      },
      type: (words, word, draft) => {
        const type = words.takeAfter(word, "a kind of record");
        if (type !== undefined) draft.type = type.text;
      },
      after: (words, word, draft) => {
        draft.parents = takeList(words, word, "records")
          .map(({ text }) => text)
          .join(" ");
      },
      "in-use": (_words, _word, draft) => {
        draft.inUse = true;
      },
      shared: (_words, _word, draft) => {
        draft.shared = true;
      },
    },
    ({ text }, draft) => {
      const sizeBytes = bareSize(text);
      if (sizeBytes !== undefined) draft.sizeBytes = sizeBytes;
      return sizeBytes !== undefined;
    },
  );
}

/** Reads `api  of api:2,api:1`: a service, its current and its previous image. */
export function readServiceLines(lines: readonly Line[], report: ReportProblem): Named<string> {
  const services = readNamed<{ images?: string }>(
    lines,
    report,
    () => ({}),
    {
      of: (words, word, draft) => {
        draft.images = takeList(words, word, "images")
          .map(({ text }) => text)
          .join(" ");
      },
    },
    () => false,
  );
  return Object.fromEntries(
    Object.entries(services).map(([name, { images = "" }]) => [name, images]),
  );
}
