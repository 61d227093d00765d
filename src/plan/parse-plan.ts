import {
  isBytes,
  isFlag,
  isRecord,
  isText,
  isTime,
  listOf,
  oneOfTexts,
  optional,
  shape,
} from "../inventory/parse-json.ts";
import { fingerprintPlan, type Sha256 } from "./fingerprint.ts";
import { PLAN_SCHEMA, type Plan } from "./plan.ts";

/** Why a document is not a plan that can be applied. */
export interface PlanProblem {
  readonly kind: "not-a-plan" | "newer-schema" | "malformed" | "altered";
  readonly detail: string;
}

const texts = listOf(isText);
const action = shape({
  kind: oneOfTexts(
    "delete-image",
    "untag",
    "remove-container",
    "remove-volume",
    "remove-network",
    "prune-build-cache",
  ),
  subject: isText,
  references: texts,
  imageId: optional(isText),
  rule: isText,
  reason: isText,
  freesBytes: isBytes,
  freesDiskBytes: optional(isBytes),
  wave: isBytes,
  recovery: shape({
    way: oneOfTexts("registry", "archive", "backup", "record", "none"),
    detail: isText,
    bytes: optional(isBytes),
    layersFrom: optional(texts),
    otherwise: optional(oneOfTexts("archive")),
    estimatedMs: optional(isBytes),
  }),
});
const plan = shape({
  id: isText,
  target: shape({
    kind: oneOfTexts("engine", "registry", "layout"),
    name: isText,
    address: isText,
    id: optional(isText),
  }),
  now: isTime,
  asOf: optional(isTime),
  policy: shape({ source: isText, digest: isText }),
  inventoryDigest: isText,
  askedHosts: optional(texts),
  complete: isFlag,
  problems: texts,
  accuracy: shape({ kind: oneOfTexts("exact", "at-least", "up-to"), detail: optional(isText) }),
  exceeds: listOf(shape({ limit: isText, detail: isText })),
  notes: texts,
  actions: listOf(action),
  kept: listOf(
    shape({
      subject: isText,
      references: texts,
      reasons: listOf(shape({ rule: isText, detail: isText })),
    }),
  ),
  bin: optional(
    shape({
      keepMs: optional(isBytes),
      atMostBytes: optional(isBytes),
      directory: optional(isText),
      isOnSameDisk: optional(isFlag),
      mayTakeMore: optional(isFlag),
    }),
  ),
  totals: shape({
    images: isBytes,
    references: isBytes,
    freesBytes: isBytes,
    freesDiskBytes: optional(isBytes),
    archiveBytes: isBytes,
  }),
});

/** Reads a saved plan. One that was changed after it was made is refused: its reasons and figures would no longer hold. */
export function parsePlan(document: unknown, sha256: Sha256): Plan | PlanProblem {
  if (!isRecord(document) || typeof document["schema"] !== "string") {
    return { kind: "not-a-plan", detail: "it has no schema field" };
  }
  const schema = document["schema"];
  if (schema !== PLAN_SCHEMA) {
    return /^plimsoll\.plan\/\d+$/.test(schema)
      ? {
          kind: "newer-schema",
          detail: `its schema is ${schema}; this version reads ${PLAN_SCHEMA}`,
        }
      : { kind: "not-a-plan", detail: `its schema is "${schema}", not ${PLAN_SCHEMA}` };
  }
  const problem = plan(document, "");
  if (problem) return { kind: "malformed", detail: `${problem.path} ${problem.detail}` };
  // The checks above are the evidence for this assertion: every field that is read has its type.
  const parsed = document as unknown as Plan;
  const { id, ...body } = parsed;
  if (fingerprintPlan(body, sha256) !== id) {
    return {
      kind: "altered",
      detail: "it was changed after it was made (its ID is the digest of its content)",
    };
  }
  return parsed;
}
