import { isStopped } from "../inventory/image-use.ts";
import { timeMs } from "../inventory/time-ms.ts";
import { familiarName } from "../oci/reference.ts";
import type { Action } from "../plan/plan.ts";
import type { CurrentResource, ImageRemover } from "../ports/image-remover.ts";

/** The part of a remover that only looks. */
export type Looker = Pick<
  ImageRemover,
  "currentImage" | "resolveReference" | "currentContainer" | "currentVolume" | "currentNetwork"
>;

/** Whether an action may still be carried out. `detail` of `go` tells of a change that does not stand in its way. */
export interface Verdict {
  readonly kind: "go" | "gone" | "skip";
  readonly detail: string;
}

/**
 * Looks at what the action would remove, right before it does. Unknown means keep: a look that fails is a skip. `plannedAt`
 * is the moment that the plan was made for, RFC 3339.
 */
export async function recheck(action: Action, looker: Looker, plannedAt: string): Promise<Verdict> {
  try {
    return await look(action, looker, plannedAt);
  } catch (error) {
    return skip(`could not be looked at: ${messageOf(error)}`);
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function look(action: Action, looker: Looker, plannedAt: string): Promise<Verdict> {
  switch (action.kind) {
    case "delete-image":
      return await lookAtImage(action, looker, plannedAt);
    case "untag":
      return await lookAtReference(action, looker);
    case "remove-container": {
      const container = await looker.currentContainer(action.subject);
      if (container && !isStopped(container)) return skip(`is ${container.state} now`);
      if (timeMs(container?.lastRanAt) > timeMs(plannedAt)) return skip("has run since the plan");
      return judgeResource(container);
    }
    case "remove-volume":
      return judgeResource(await looker.currentVolume(action.subject));
    case "remove-network":
      return judgeResource(await looker.currentNetwork(action.subject));
    case "prune-build-cache":
      // The target itself refuses a record in use, and no other look is cheaper than that.
      return GO;
    default:
      return action.kind satisfies never;
  }
}

async function lookAtImage(action: Action, looker: Looker, plannedAt: string): Promise<Verdict> {
  const image = await looker.currentImage(action.subject);
  if (image === undefined) return GONE;
  if (image.usedBy.length > 0) return skip(`is in use by ${image.usedBy.join(", ")}`);
  const gained = image.references.filter((reference) => !action.references.includes(reference));
  if (gained.length > 0) return skip(`gained ${tags(gained)} since the plan`);
  if (timeMs(image.taggedAt) > timeMs(plannedAt)) return skip("was named again since the plan");
  const lost = action.references.filter((reference) => !image.references.includes(reference));
  return lost.length === 0 ? GO : { kind: "go", detail: `had lost ${tags(lost)} since the plan` };
}

async function lookAtReference(action: Action, looker: Looker): Promise<Verdict> {
  if (action.imageId === undefined) return skip("the plan does not say which image it means");
  const imageId = await looker.resolveReference(action.subject);
  if (imageId === undefined) return GONE;
  return imageId === action.imageId ? GO : skip("points to another image since the plan");
}

function judgeResource(current: CurrentResource | undefined): Verdict {
  if (current === undefined) return GONE;
  return current.usedBy.length > 0 ? skip(`is in use by ${current.usedBy.join(", ")}`) : GO;
}

const GO: Verdict = { kind: "go", detail: "" };
const GONE: Verdict = { kind: "gone", detail: "was gone already" };

function skip(detail: string): Verdict {
  return { kind: "skip", detail };
}

function tags(references: readonly string[]): string {
  const names = references.map(familiarName).join(", ");
  return `the ${references.length === 1 ? "tag" : "tags"} ${names}`;
}
