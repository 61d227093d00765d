import { CONTAINER_STATES, stateSince, type ContainerState } from "./container-state.ts";
import type { ContainerWords } from "./host-words.ts";
import {
  bareAge,
  bareSize,
  takeList,
  takeWhen,
  type Line,
  type LineWords,
  type Phrases,
  type Word,
} from "./line-words.ts";
import { label, readNamed, type Draft, type Named } from "./read-resource-lines.ts";
import type { ReportProblem } from "./report-problem.ts";

/** A state, and for how long: `exited 2d`. */
function state(name: ContainerState): Phrases<Draft<ContainerWords>>[string] {
  return (words, _word, draft) => {
    draft.state = name;
    const age = words.peek();
    if (age === undefined || bareAge(age.text) === undefined) return;
    words.take();
    Object.assign(draft, stateSince(name, age.text));
  };
}

/** Reads `web  of app:1.2  exited 2d  volumes data` and the like. */
export function readContainerLines(
  lines: readonly Line[],
  wordNamed: (text: string) => string | undefined,
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
    ...Object.fromEntries(CONTAINER_STATES.map((name) => [name, state(name)])),
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
