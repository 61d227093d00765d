import type { Secured } from "../apply/secure-action.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { JsonObject } from "../oci/json-object.ts";
import type { Action, Plan } from "../plan/plan.ts";
import type { Describer, RecordedKind, RemovedRecord } from "../ports/removed-record.ts";
import type { RunJournal } from "../ports/run-journal.ts";

/** `more`: what is known of it besides. */
export type RecordAction = (action: Action, more?: JsonObject) => Promise<Secured>;

export interface RecordParts {
  readonly plan: Plan;
  readonly inventory: Inventory;
  readonly runId: string;
  readonly journal: Pick<RunJournal, "keepRecord">;
  /** Absent where only the inventory tells what things are. */
  readonly describer: Describer | undefined;
}

const RECORDED: Partial<Readonly<Record<Action["kind"], RecordedKind>>> = {
  "delete-image": "image",
  "remove-container": "container",
  "remove-network": "network",
};

/** Writes down what goes, on disk, before it goes. */
export function recordRemoved({
  plan,
  inventory,
  runId,
  journal,
  describer,
}: RecordParts): RecordAction {
  const positions = new Map(plan.actions.map((action, index) => [action, index]));
  const images = new Map(inventory.images.map((image) => [image.id, image]));

  const descriptionOf = async (
    kind: RecordedKind,
    { subject }: Action,
  ): Promise<JsonObject | undefined> => {
    const described = await describer?.describe(kind, subject);
    const image = kind === "image" ? images.get(subject) : undefined;
    if (image === undefined) return described;
    const { blobs: _blobs, ...listed } = image;
    return { ...listed, ...described };
  };

  return async (action, more = {}) => {
    const kind = RECORDED[action.kind];
    const index = positions.get(action);
    if (kind === undefined || index === undefined) throw new Error("it is nothing to write down");
    const description = await descriptionOf(kind, action);
    // What is gone already is found out by the look before the removal.
    if (description === undefined) return { detail: "was gone already" };
    const name = action.references[0] ?? "";
    const record: RemovedRecord = {
      kind,
      id: action.subject,
      name,
      description: { ...description, ...more },
    };
    journal.keepRecord(runId, index, record);
    return { detail: "what it was is written down" };
  };
}
