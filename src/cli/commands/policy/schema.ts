import { SCHEMA_FILE } from "../../../policy/file/schema-file.ts";
import { defineCommand } from "../../command.ts";
import { EXIT } from "../../exit-codes.ts";
import { writeJson } from "../../view-json.ts";

export const command = defineCommand({
  operands: "",
  description:
    "Prints the JSON Schema of policy files, by which an editor completes and checks them. A policy names it in its first " +
    `line: # yaml-language-server: $schema=${SCHEMA_FILE}`,
  flags: {},
  takesTarget: false,
  examples: [
    { command: `policy schema > ${SCHEMA_FILE}`, does: "beside the policy, for the editor" },
  ],
  async run(context) {
    const { policyJsonSchema } = await import("../../../policy/file/json-schema.ts");
    writeJson(context.stdout, policyJsonSchema());
    return EXIT.done;
  },
});
