import type { Secured } from "../apply/secure-action.ts";
import type { Image } from "../inventory/image.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { JsonObject } from "../oci/json-object.ts";
import type { Action, Plan } from "../plan/plan.ts";
import type { Describer, RecordedKind } from "../ports/removed-record.ts";
import type { RunJournal } from "../ports/run-journal.ts";
import { registryRelations, type RegistryRelations } from "./registry-relations.ts";

/** `more`: what else is known of it. */
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
  untag: "image",
  "remove-container": "container",
  "remove-network": "network",
};

/** Writes down what goes, on disk, before it goes. */
export function recordRemoved(parts: RecordParts): RecordAction {
  const { plan, inventory } = parts;
  const positions = new Map(plan.actions.map((action, index) => [action, index]));
  const images = new Map(inventory.images.map((image) => [image.id, image]));
  const relations =
    plan.target.kind === "registry" ? registryRelations(plan, inventory) : undefined;

  const recorded = new Set<Action>();

  /** False for what is gone already: that is found out by the look before the removal. */
  const keep = async (action: Action, more: JsonObject): Promise<boolean> => {
    const kind = RECORDED[action.kind];
    const index = positions.get(action);
    if (kind === undefined || index === undefined) throw new Error("it is nothing to write down");
    const id = action.kind === "untag" ? (action.imageId ?? "") : action.subject;
    const known = await describe(kind, id, images.get(id), parts.describer, relations);
    if (known === undefined) return false;
    const names = action.kind === "untag" ? { references: action.references } : {};
    parts.journal.keepRecord(parts.runId, index, {
      kind,
      id,
      name: action.references[0] ?? "",
      description: { ...known, ...names, ...more },
    });
    recorded.add(action);
    return true;
  };

  return async (action, more = {}) => {
    const isThere = await keep(action, more);
    // Some registries delete along with an image what hangs on it: its own record would come too late.
    for (const other of relations?.goesAlong(action) ?? [])
      if (!recorded.has(other)) await keep(other, {});
    return { detail: isThere ? "what it was is written down" : "was gone already" };
  };
}

async function describe(
  kind: RecordedKind,
  id: string,
  image: Image | undefined,
  describer: Describer | undefined,
  relations: RegistryRelations | undefined,
): Promise<JsonObject | undefined> {
  const described = await describer?.describe(kind, id);
  if (kind !== "image" || image === undefined) return described;
  const { blobs: _blobs, ...listed } = image;
  const places = relations === undefined ? {} : { alsoIn: relations.alsoIn(image) };
  return { ...listed, ...places, ...described };
}
