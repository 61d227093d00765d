import type { UndoReport, UndoState, UndoStep } from "../../operations/undo.ts";
import { familiarName } from "../../oci/reference.ts";
import type { Output } from "../cli-context.ts";
import { paint } from "./paint.ts";
import { printable } from "./printable.ts";
import { count } from "./view-bytes.ts";
import { countActions } from "./count-actions.ts";
import { nameAction } from "./view-subject.ts";

const HEADINGS: Readonly<Record<Exclude<UndoState, "restored" | "there" | "part">, string>> = {
  partly: "Restored, but not as it was",
  taken: "Left to what has the name now",
  beyond: "Cannot come back",
  failed: "Failed",
};

/** So many with the same reason are named one by one. */
const MAX_ALIKE = 5;

/** What came back, and of everything else why it did not. */
export function renderUndo(output: Output, { runId, steps }: UndoReport): string {
  const of = (state: UndoState): readonly UndoStep[] =>
    steps.filter((step) => step.state === state);
  const restored = of("restored");
  const there = of("there");
  const parts = of("part");
  const title = restored.length === 0 ? "Restored nothing" : `Restored ${countActions(restored)}`;
  const lines = [
    `${paint(output, "bold", title)} of run ${runId}.`,
    ...renderLost(steps.flatMap(({ lostRepoDigests = [] }) => lostRepoDigests)),
    ...(there.length === 0 ? [] : [`There already: ${countActions(there)}.`]),
    ...(parts.length === 0
      ? []
      : [`Not needed again: ${countActions(parts)}, steps in the build of others.`]),
    ...Object.entries(HEADINGS).flatMap(([state, heading]) =>
      renderOthers(output, state as keyof typeof HEADINGS, heading, of(state as UndoState)),
    ),
    ...(restored.some(({ kind }) => kind === "remove-container")
      ? ["Containers are created, not started; what they had written outside volumes is gone."]
      : []),
  ];
  return `${lines.join("\n")}\n`;
}

/** Podman gives names by digest to images that never came from a registry: there may be many. */
function renderLost(repoDigests: readonly string[]): readonly string[] {
  if (repoDigests.length === 0) return [];
  const listed = repoDigests.length > MAX_ALIKE ? [] : repoDigests;
  return [
    `${count(repoDigests.length, "name by digest is", "names by digest are")} not known here any more; a pull gives back what its registry has.`,
    ...listed.map((name) => `  ${printable(familiarName(name))}`),
  ];
}

function renderOthers(
  output: Output,
  state: keyof typeof HEADINGS,
  heading: string,
  steps: readonly UndoStep[],
): readonly string[] {
  if (steps.length === 0) return [];
  const style = state === "failed" ? "red" : "yellow";
  const groups = Map.groupBy(steps, ({ details }) => details.join("; "));
  const lines = [...groups].flatMap(([detail, alike]) =>
    alike.length > MAX_ALIKE
      ? [`  ${countActions(alike)}: ${printable(detail)}`]
      : alike.map((step) => `  ${nameAction(step)}: ${printable(detail)}`),
  );
  return [`${paint(output, style, heading)}: ${countActions(steps)}`, ...lines];
}
