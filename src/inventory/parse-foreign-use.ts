import { CLUSTER_USERS, FOREIGN_USE_SCHEMA, HOST_USERS, type ForeignUse } from "./foreign-use.ts";
import { isFlag, isRecord, isText, listOf, oneOfTexts, optional, shape } from "./parse-json.ts";

const users = listOf(
  shape({ kind: oneOfTexts(...HOST_USERS, ...CLUSTER_USERS), name: isText, state: isText }),
);
const foreignUse = shape({
  hosts: listOf(
    shape({
      name: isText,
      complete: isFlag,
      problems: listOf(isText),
      swarm: optional(shape({ nodeId: isText, isManager: isFlag, managerIds: listOf(isText) })),
      digests: listOf(shape({ digest: isText, users })),
      names: listOf(shape({ reference: isText, users })),
    }),
  ),
});

/** Reads what hosts were found to use; a text where it cannot be used: why. */
export function parseForeignUse(document: unknown): ForeignUse | string {
  if (!isRecord(document)) return "it is no object";
  if (document["schema"] !== FOREIGN_USE_SCHEMA)
    return `its schema is ${JSON.stringify(document["schema"])}, not ${FOREIGN_USE_SCHEMA}`;
  const problem = foreignUse(document, "");
  // The checks above are the evidence for this assertion: every field that is read has its type.
  return problem ? `${problem.path} ${problem.detail}` : (document as unknown as ForeignUse);
}
