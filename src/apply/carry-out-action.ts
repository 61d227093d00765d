import type { Action } from "../plan/plan.ts";
import type { ImageRemover, Removal } from "../ports/image-remover.ts";
import type { ActionState } from "../ports/run-journal.ts";
import { messageOf, recheck } from "./recheck.ts";
import { needsSecuring, type SecureAction, type Secured } from "./secure-action.ts";
import { isStillThere } from "./still-there.ts";

/** How an action ended. `removal` is there when the target was asked to remove and answered. */
export interface Ending {
  readonly state: ActionState;
  readonly detail: string;
  readonly removal?: Removal;
}

export interface Surroundings {
  readonly remover: ImageRemover;
  /** `Plan.now`. */
  readonly plannedAt: string;
  /** True for an image that an earlier removal of this run took along. */
  readonly wentAlong: (imageId: string) => boolean;
  /** What stays and stands on an image; undefined when nothing does. */
  readonly holderOf: (imageId: string) => string | undefined;
  /** Resolves once it is on disk that the action is about to be carried out. */
  readonly intend: () => Promise<void>;
  readonly secure: SecureAction;
  /** True once the run is to begin nothing more. */
  readonly isStopping: () => boolean;
}

/**
 * Looks, writes down the intent, makes the way back durable, removes, and judges the answer. Rejects only when the intent
 * cannot be written.
 */
export async function carryOutAction(action: Action, around: Surroundings): Promise<Ending> {
  const verdict = await lookAgain(action, around);
  if ("state" in verdict) return verdict;
  await around.intend();
  let secured: Secured = { detail: "" };
  if (needsSecuring(action)) {
    const outcome = await secure(action, around);
    if ("state" in outcome) return outcome;
    secured = outcome;
  }
  const removal = await removeOrExplain(action, around.remover);
  const ending = await judge(removal, action, around);
  const said = ending.state === "applied" && ending.detail === "" ? verdict.detail : ending.detail;
  return { ...ending, detail: withPlace(said, ending.state, action, secured), removal };
}

/** Where the image can be had from now on belongs to its account, also where it stayed on the target after all. */
function withPlace(
  said: string,
  state: ActionState,
  { recovery: { way } }: Action,
  { detail }: Secured,
): string {
  if (way === "record" || detail === "" || state === "gone") return said;
  const place = state === "applied" ? detail : `it can be had as well: ${detail}`;
  return said === "" ? place : `${said}; ${place}`;
}

/** What keeps the action from being carried out; otherwise what has changed without standing in its way. */
async function lookAgain(
  action: Action,
  around: Surroundings,
): Promise<Ending | { readonly detail: string }> {
  const verdict = await recheck(action, around.remover, around.plannedAt);
  switch (verdict.kind) {
    case "skip":
      return { state: "skipped", detail: verdict.detail };
    case "gone":
      return endOfAbsent(action, around, verdict.detail);
    case "go":
      break;
    default:
      return verdict.kind satisfies never;
  }
  const holder = action.kind === "delete-image" ? around.holderOf(action.subject) : undefined;
  return holder === undefined
    ? { detail: verdict.detail }
    : { state: "skipped", detail: `is needed by ${holder}, which stays` };
}

/** Putting an image by may take minutes: what was true before is looked at again after it. */
async function secure(action: Action, around: Surroundings): Promise<Ending | Secured> {
  let secured: Secured;
  try {
    secured = await around.secure(action);
  } catch (error) {
    if (around.isStopping()) return { state: "skipped", detail: "stopped" };
    return { state: "failed", detail: `stays, for it would have no way back: ${messageOf(error)}` };
  }
  if (action.recovery.way === "record") return secured;
  const plannedAt = secured.namedByUsAt ?? around.plannedAt;
  const verdict = await lookAgain(action, { ...around, plannedAt });
  if (!("state" in verdict)) return secured;
  return { ...verdict, detail: withPlace(verdict.detail, verdict.state, action, secured) };
}

/** An image that went together with another one of this run was removed by this run. */
function endOfAbsent(action: Action, around: Surroundings, detail: string): Ending {
  return action.kind === "delete-image" && around.wentAlong(action.subject)
    ? { state: "applied", detail: "went together with another image of this run" }
    : { state: "gone", detail };
}

async function removeOrExplain(action: Action, remover: ImageRemover): Promise<Removal> {
  try {
    return await remove(action, remover);
  } catch (error) {
    // The request may have arrived: as unknown as no answer at all.
    return {
      outcome: "timed-out",
      detail: messageOf(error),
      deletedImages: [],
      deletedBlobs: [],
    };
  }
}

async function remove(action: Action, remover: ImageRemover): Promise<Removal> {
  switch (action.kind) {
    case "delete-image":
      return await remover.deleteImage(action.subject, action.references);
    case "untag":
      // Without an image ID the look has skipped it.
      return await remover.untag(action.subject, action.imageId ?? "");
    case "remove-container":
      return await remover.removeContainer(action.subject);
    case "remove-volume":
      return await remover.removeVolume(action.subject);
    case "remove-network":
      return await remover.removeNetwork(action.subject);
    case "prune-build-cache":
      return await remover.removeCacheRecord(action.subject);
    default:
      return action.kind satisfies never;
  }
}

async function judge(removal: Removal, action: Action, around: Surroundings): Promise<Ending> {
  switch (removal.outcome) {
    case "removed":
      return { state: "applied", detail: "" };
    case "gone":
      return endOfAbsent(action, around, removal.detail || "was gone already");
    case "conflict":
      return { state: "skipped", detail: `the target keeps it: ${removal.detail}` };
    case "refused":
    case "failed":
      return { state: "failed", detail: removal.detail };
    case "timed-out":
      return await judgeSilence(removal, action, around.remover);
    default:
      return removal.outcome satisfies never;
  }
}

async function judgeSilence(
  removal: Removal,
  action: Action,
  remover: ImageRemover,
): Promise<Ending> {
  const why = removal.detail === "" ? "no answer in time" : `no answer in time (${removal.detail})`;
  try {
    const there = await isStillThere(action, remover);
    if (there === undefined) return { state: "unknown", detail: why };
    if (there) return { state: "failed", detail: `timed out: ${why}, and it is still there` };
    return { state: "applied", detail: `${why}, but it is gone` };
  } catch (error) {
    return { state: "unknown", detail: `${why}; looking again: ${messageOf(error)}` };
  }
}
