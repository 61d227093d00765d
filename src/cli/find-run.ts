import type { RunSummary } from "../ports/run-journal.ts";
import type { RunHistory } from "./cli-context.ts";
import { CliError, usageError } from "./cli-error.ts";

/** Fewer characters than this name a run by accident. */
const LEAST_CHARACTERS = 3;

const EVERY_RUN = 1_000_000_000;

/** The run that somebody means by its whole ID, by how that begins or ends, or by `latest`. */
export function findRun(
  history: Pick<RunHistory, "runs">,
  text: string,
  programName: string,
): RunSummary {
  const runs = history.runs(EVERY_RUN);
  const whole = text === "latest" ? runs[0] : runs.find(({ id }) => id === text);
  if (whole !== undefined) return whole;
  const partly =
    text.length < LEAST_CHARACTERS
      ? []
      : runs.filter(({ id }) => id.startsWith(text) || id.endsWith(text));
  const [run, other] = partly;
  if (run === undefined)
    throw new CliError(`there is no run ${text}`, [`${programName} history lists the runs.`]);
  if (other === undefined) return run;
  throw usageError(
    `"${text}" is ${partly.length} runs`,
    `Say more of the ID: ${run.id}, ${other.id}${partly.length > 2 ? ", …" : ""}.`,
  );
}
