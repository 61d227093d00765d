import { familiarName, formatReference, parseReference } from "../../oci/reference.ts";
import type { When } from "./host-words.ts";
import { LONGEST_WORD } from "./image-word.ts";
import {
  bareAge,
  bareSize,
  readPhrases,
  takeLabel,
  takeList,
  takeWhen,
  type LineWords,
  type Phrases,
  type Word,
} from "./line-words.ts";

/** An image as its line tells it, before names of other images are looked up. */
export interface ImageDraft {
  readonly words: LineWords;
  /** The word its ID is made of. */
  readonly word: string;
  readonly names: readonly string[];
  created?: When;
  arrived?: When;
  used?: When;
  seen?: When;
  ownBytes: number;
  readonly layersOf: Word[];
  parent?: Word;
  readonly children: Word[];
  subject?: Word;
  labels: Readonly<Record<string, string>>;
  platforms: string[];
  unreadable?: string;
  /** Containers, and their state in parentheses. */
  readonly users: { readonly name: Word; readonly state: Word | undefined }[];
}

const OWN_BYTES = 1_000_000;
const MARK = /^<[!-;=?-~]+>$/;

/** Reads `app:1.2 app:latest  arrived 3d  120MB  used by web (running)` and the like. */
export function readImageLine(words: LineWords, position: number): ImageDraft | undefined {
  const { names, mark } = takeNames(words);
  const [first] = names;
  if (first === undefined && mark === undefined) return undefined;
  const name = first?.replace("@digest", "");
  const short = name !== undefined && name.length <= LONGEST_WORD ? name : undefined;
  if (mark !== undefined && mark.length > LONGEST_WORD)
    words.problem(words.line, `has a mark of more than ${LONGEST_WORD} letters`);
  const draft: ImageDraft = {
    words,
    word: mark ?? short ?? `image-${position}`,
    names,
    ownBytes: OWN_BYTES,
    layersOf: [],
    children: [],
    labels: {},
    platforms: [],
    users: [],
  };
  readPhrases(words, draft, PHRASES, ({ text }) => {
    const age = bareAge(text);
    const sizeBytes = bareSize(text);
    if (age !== undefined) {
      draft.created = age;
      draft.arrived = age;
    }
    if (sizeBytes !== undefined) draft.ownBytes = sizeBytes;
    return age !== undefined || sizeBytes !== undefined;
  });
  return draft;
}

/** The first word is a name; further ones have a tag or a path, or are a mark. */
function takeNames(words: LineWords): {
  readonly names: readonly string[];
  readonly mark?: string;
} {
  const names: string[] = [];
  let mark: string | undefined;
  for (let word = words.peek(); word !== undefined; word = words.peek()) {
    const { text } = word;
    const isFirst = names.length === 0 && mark === undefined;
    if (!isFirst && !MARK.test(text) && !/[:/@]/.test(text)) break;
    words.take();
    const name = nameOrMark(text);
    if (name === undefined) words.problem(word, "is not the name of an image");
    else if (MARK.test(name)) mark = name.slice(1, -1);
    else names.push(name);
  }
  return { names, ...(mark === undefined ? {} : { mark }) };
}

function time(key: "created" | "arrived" | "seen"): Phrases<ImageDraft>[string] {
  return (words, word, draft) => {
    const when = takeWhen(words, word);
    if (when !== undefined) draft[key] = when;
  };
}

const PHRASES: Phrases<ImageDraft> = {
  created: time("created"),
  arrived: time("arrived"),
  watched: time("seen"),
  used(words, word, draft) {
    if (words.peek()?.text === "by") {
      const by = words.take() ?? word;
      const users = takeList(words, by, "the name of a container");
      const state = words.peek()?.text.startsWith("(") === true ? words.take() : undefined;
      draft.users.push(...users.map((name) => ({ name, state })));
      return;
    }
    const when = takeWhen(words, word);
    if (when !== undefined) draft.used = when;
  },
  on(words, word, draft) {
    draft.layersOf.push(...takeList(words, word, "an image or a layer"));
  },
  from(words, word, draft) {
    const parent = words.takeAfter(word, "the image that it was built from");
    if (parent === undefined) return;
    draft.parent = parent;
    draft.layersOf.push(parent);
  },
  lists(words, word, draft) {
    draft.children.push(...takeList(words, word, "the images that this index lists"));
    draft.layersOf.push(...draft.children);
  },
  attached(words, word, draft) {
    const before = words.peek()?.text === "to" ? (words.take() ?? word) : word;
    const subject = words.takeAfter(before, "the image that it is attached to");
    if (subject !== undefined) draft.subject = subject;
  },
  label(words, word, draft) {
    draft.labels = { ...draft.labels, ...takeLabel(words, word) };
  },
  platform(words, word, draft) {
    draft.platforms.push(...takeList(words, word, "a platform").map(({ text }) => text));
  },
  unreadable(_words, _word, draft) {
    draft.unreadable = "it could not be read";
  },
};

/** A mark (`<name>`) as it is, a name as docker prints it; undefined for what is neither. */
export function nameOrMark(text: string): string | undefined {
  return MARK.test(text) ? text : familiar(text);
}

/** As docker prints it; undefined for what is no name. `name@digest` stays: a name by digest alone. */
function familiar(text: string): string | undefined {
  const byDigest = text.endsWith("@digest");
  const reference = parseReference(byDigest ? text.slice(0, -"@digest".length) : text);
  if ("kind" in reference) return undefined;
  const name = familiarName(formatReference(reference));
  return byDigest ? name.replace(/:latest$/, "@digest") : name;
}
