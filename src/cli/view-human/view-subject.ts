import { shortDigest } from "../../oci/digest.ts";
import { familiarName } from "../../oci/reference.ts";
import type { Action, ActionKind } from "../../plan/plan.ts";
import { printable } from "./printable.ts";

const VERBS: Readonly<Record<ActionKind, string>> = {
  "delete-image": "delete image",
  untag: "untag",
  "remove-container": "remove container",
  "remove-volume": "remove volume",
  "remove-network": "remove network",
  "prune-build-cache": "remove build cache",
};

/** `delete image`, as a column or the start of a line. */
export function actionVerb(kind: ActionKind): string {
  return VERBS[kind];
}

/** A container ID or cache record ID of 64 hex digits in the length docker prints. */
function shortId(id: string): string {
  return /^[a-f0-9]{64}$/.test(id) ? id.slice(0, 12) : shortDigest(id);
}

/** What an action or decision is about: its first name, how many more there are, and its short ID. */
export function nameSubject(subject: string, references: readonly string[]): string {
  return printable(composeName(subject, references));
}

function composeName(subject: string, references: readonly string[]): string {
  const [first, ...more] = references;
  const id = shortId(subject);
  if (first === undefined) return id === subject ? id : `<none> ${id}`;
  const others = more.length === 0 ? "" : ` +${more.length}`;
  return first === subject ? familiarName(first) + others : `${familiarName(first)}${others} ${id}`;
}

export function nameAction(action: Pick<Action, "kind" | "subject" | "references">): string {
  return action.kind === "delete-image" || action.references.length > 0
    ? nameSubject(action.subject, action.references)
    : printable(shortId(action.subject));
}
