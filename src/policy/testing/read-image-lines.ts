import { CONTAINER_STATES, isContainerState, stateSince } from "./container-state.ts";
import { bareAge, lineWords, type Line, type LineWords, type Word } from "./line-words.ts";
import type { ContainerWords, HostWords, ImageWords, When } from "./host-words.ts";
import { nameOrMark, readImageLine, type ImageDraft } from "./image-line.ts";
import type { ReportProblem } from "./report-problem.ts";

const STATE = /^\(([a-z]+)(?: ([^ )]+))?\)$/;

/** The parts of a host that lines on images say. */
export type HostImages = Required<Pick<HostWords, "images" | "blobs" | "containers">>;

export interface ImageLines extends HostImages {
  /** The word of the image that has a name or a mark. */
  readonly wordNamed: (text: string) => string | undefined;
}

export interface ImageDefaults {
  /** Since when images are watched, where a line does not say. */
  readonly watched?: When;
  /** Layers that are no images: their names and bytes. */
  readonly layers: Readonly<Record<string, number>>;
}

export function readImageLines(
  lines: readonly Line[],
  defaults: ImageDefaults,
  report: ReportProblem,
): ImageLines {
  const drafts: ImageDraft[] = [];
  const words = new Map<string, string>();
  for (const line of lines) {
    const draft = readImageLine(lineWords(line, report), drafts.length + 1);
    if (draft === undefined) continue;
    drafts.push(draft);
    const names = [...draft.names, `<${draft.word}>`];
    const taken = names.find((name) => words.has(name));
    if (taken !== undefined)
      draft.words.problem(line, `has a name that another image has: ${taken}`);
    for (const name of names) words.set(name, draft.word);
  }
  const wordNamed = (text: string): string | undefined => words.get(nameOrMark(text) ?? text);
  const blobs: Record<string, number> = { ...defaults.layers };
  for (const { word, ownBytes } of drafts) blobs[word] = ownBytes;
  const resolve = (draft: ImageDraft, word: Word): readonly string[] => {
    const found = wordNamed(word.text);
    if (found !== undefined) return [found];
    draft.words.problem(word, "is the name of no image of this test");
    return [];
  };
  const layersOf = collectLayers(drafts, defaults.layers, wordNamed);
  const images: Record<string, ImageWords> = {};
  const containers: Record<string, ContainerWords> = {};
  for (const draft of drafts) {
    const { word, names, created = "-", labels, platforms, unreadable, users } = draft;
    const { arrived, used, seen = used === undefined ? undefined : defaults.watched } = draft;
    const layers = layersOf(draft);
    const [parent] = draft.parent === undefined ? [] : resolve(draft, draft.parent);
    const [subject] = draft.subject === undefined ? [] : resolve(draft, draft.subject);
    const children = draft.children.flatMap((child) => resolve(draft, child));
    images[word] = {
      names: names.map((name) => name.replace("@digest", `@${word}`)).join(" "),
      created,
      ...(arrived === undefined ? {} : { arrived }),
      ...(used === undefined ? {} : { used }),
      ...(seen === undefined ? {} : { seen }),
      blobs: layers.join(" "),
      sizeBytes: layers.reduce((sum, layer) => sum + (blobs[layer] ?? 0), 0),
      labels,
      ...(platforms.length === 0 ? {} : { platforms: platforms.join(" ") }),
      ...(parent === undefined ? {} : { parent }),
      ...(children.length === 0 ? {} : { children: children.join(" ") }),
      ...(subject === undefined ? {} : { subject }),
      ...(unreadable === undefined ? {} : { unreadable }),
    };
    for (const { name, state } of users) {
      if (Object.hasOwn(containers, name.text)) draft.words.problem(name, "uses another image too");
      containers[name.text] = usedBy(word, state, draft.words);
    }
  }
  return { images, blobs, containers, wordNamed };
}

/** Names of all layers that an image stands on, its own first. */
function collectLayers(
  drafts: readonly ImageDraft[],
  layers: Readonly<Record<string, number>>,
  wordNamed: (text: string) => string | undefined,
): (draft: ImageDraft) => readonly string[] {
  const byWord = new Map(drafts.map((draft) => [draft.word, draft]));
  const collect = (draft: ImageDraft, found: Set<string>): void => {
    if (found.has(draft.word)) return;
    found.add(draft.word);
    for (const under of draft.layersOf) {
      const below = byWord.get(wordNamed(under.text) ?? "");
      if (below !== undefined) collect(below, found);
      else if (Object.hasOwn(layers, under.text)) found.add(under.text);
      else draft.words.problem(under, "is neither an image nor a layer of this test");
    }
  };
  return (draft) => {
    const found = new Set<string>();
    collect(draft, found);
    return [...found];
  };
}

/** A container as `used by web (exited 2d)` tells it; running where no state is said. */
function usedBy(image: string, said: Word | undefined, words: LineWords): ContainerWords {
  if (said === undefined) return { image, state: "running" };
  const [, state = "", age] = STATE.exec(said.text) ?? [];
  if (!isContainerState(state) || (age !== undefined && bareAge(age) === undefined))
    words.problem(said, `is not a state such as (exited 2d): ${CONTAINER_STATES.join(", ")}`);
  return { image, ...(age === undefined ? { state } : stateSince(state, age)) };
}
