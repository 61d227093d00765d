import type { CacheWords, ContainerWords, NetworkWords, VolumeWords } from "./host-words.ts";
import {
  bareAge,
  bareSize,
  lineWords,
  readPhrases,
  takeLabel,
  takeList,
  takeWhen,
  type Line,
  type LineWords,
  type Phrases,
  type Word,
} from "./line-words.ts";
import type { ReportProblem } from "./report-problem.ts";

type Draft<Words> = { -readonly [Key in keyof Words]: Words[Key] };
type Named<Words> = Readonly<Record<string, Words>>;
type WordNamed = (text: string) => string | undefined;

/** Reads lines of which each begins with a name. */
function readNamed<Words>(
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

const label: Phrases<{ labels?: Readonly<Record<string, string>> }>[string] = (
  words,
  word,
  draft,
) => {
  draft.labels = { ...draft.labels, ...takeLabel(words, word) };
};

/** A state, and for how long: `exited 2d`. */
function state(name: string): Phrases<Draft<ContainerWords>>[string] {
  return (words, _word, draft) => {
    draft.state = name;
    const age = words.peek();
    if (age === undefined || bareAge(age.text) === undefined) return;
    words.take();
    if (name === "created") draft.created = age.text;
    else if (name === "running") draft.started = age.text;
    else draft.ended = age.text;
  };
}

const STATES = ["created", "running", "paused", "restarting", "removing", "exited", "dead"];

/** Reads `web  of app:1.2  exited 2d  volumes data` and the like. */
export function readContainerLines(
  lines: readonly Line[],
  wordNamed: WordNamed,
  report: ReportProblem,
): Named<ContainerWords> {
  const names =
    (key: "volumes" | "networks" | "mounts") =>
    (words: LineWords, word: Word, draft: Draft<ContainerWords>) => {
      draft[key] = takeList(words, word, "names")
        .map(({ text }) => text)
        .join(" ");
    };
  const phrases: Phrases<Draft<ContainerWords>> = {
    ...Object.fromEntries(STATES.map((name) => [name, state(name)])),
    of(words, word, draft) {
      const image = words.takeAfter(word, "an image");
      const named = image === undefined ? undefined : wordNamed(image.text);
      if (named !== undefined) draft.image = named;
      else if (image !== undefined) draft.shown = image.text;
    },
    made(words, word, draft) {
      const when = takeWhen(words, word);
      if (when !== undefined) draft.created = when;
    },
    label,
    volumes: names("volumes"),
    networks: names("networks"),
    mounts: names("mounts"),
  };
  return readNamed<ContainerWords>(
    lines,
    report,
    () => ({}),
    phrases,
    ({ text }, draft) => {
      const sizeBytes = bareSize(text);
      if (sizeBytes !== undefined) draft.sizeBytes = sizeBytes;
      return sizeBytes !== undefined;
    },
  );
}

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
