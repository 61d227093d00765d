import { nameOrMark } from "./image-line.ts";
import type { Line } from "./line-words.ts";
import type { ReportProblem } from "./report-problem.ts";

/** `name`: a name goes, its image stays. */
export type SubjectKind = "image" | "name" | "container" | "volume" | "network" | "cache";

/** What a test expects to go, or to stay. */
export interface Expected {
  readonly kind: SubjectKind;
  /** Any name of the image, its mark (`<mark>`), or the name of anything else. */
  readonly name: string;
  readonly rule?: string;
  /** The reason word for word. */
  readonly reason?: string;
  readonly at: Line;
}

const LINE =
  /^(?:(name|container|volume|network|cache) +)?(\S+)(?: +by +(.+?))?(?: +because +(.+))?$/;

/** Reads `app:1.0 by releases because …`, `container web`. */
export function readExpected(at: Line, report: ReportProblem): Expected | undefined {
  const [, kind = "image", name = "", rule, reason] = LINE.exec(at.text.trim()) ?? [];
  const isImage = kind === "image" || kind === "name";
  const known = isImage ? nameOrMark(name) : name;
  if (known === undefined || known === "") {
    const detail =
      "is not what goes or stays: `app:1.0`, `<mark>`, `name app:1.0`, `container web`, each with `by RULE` and `because REASON` after it if need be";
    report({ line: at.line, column: at.column, found: at.text, detail });
    return undefined;
  }
  return {
    kind: kind as SubjectKind,
    name: known,
    ...(rule === undefined ? {} : { rule }),
    ...(reason === undefined ? {} : { reason }),
    at,
  };
}

/** The line that says it. */
export function formatExpected({ kind, name, rule, reason }: Omit<Expected, "at">): string {
  return [
    kind === "image" ? name : `${kind} ${name}`,
    ...(rule === undefined ? [] : [`by ${rule}`]),
    ...(reason === undefined ? [] : [`because ${reason}`]),
  ].join(" ");
}
