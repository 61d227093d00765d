import { formatReference, parseReference, type ReferenceProblem } from "../oci/reference.ts";
import { usageError } from "./cli-error.ts";

const ID = /^(?:sha256:)?[a-f0-9]{12,64}$/;

/** The normalised form of a name that the user typed, or a usage error that says what is wrong with it. */
export function normalisedReference(text: string): string {
  const reference = parseReference(text);
  if (!("kind" in reference)) return formatReference(reference);
  throw usageError(
    sayProblem(reference),
    "Write it as [registry/]repository[:tag], for instance nginx:1.27 or registry.example.com/team/app:2.",
  );
}

/** An image that exists: an ID, whole or cut short, stays as it is; anything else is a name. */
export function existingImage(text: string): string {
  return ID.test(text) ? text : normalisedReference(text);
}

/** Why no image can be called so; undefined for an ID, and for a name that one could have. */
export function nameProblem(text: string): string | undefined {
  if (ID.test(text)) return undefined;
  const reference = parseReference(text);
  return "kind" in reference ? sayProblem(reference) : undefined;
}

function sayProblem({ text, detail }: ReferenceProblem): string {
  return `"${text}" is not an image name: ${detail}`;
}
