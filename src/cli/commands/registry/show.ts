import { defineCommand } from "../../command.ts";
import { EXIT } from "../../exit-codes.ts";
import { requireUpkeep } from "../../require-upkeep.ts";
import { renderProduct } from "../../view-human/view-product.ts";
import { writeJson } from "../../view-json.ts";
import { withTarget } from "../../with-target.ts";

export const command = defineCommand({
  operands: "",
  description:
    "Tells which product a registry is, by its name or its answers unless registry+PRODUCT://HOST says it, " +
    "and what that can do. What of it is open to this user shows when it is asked for.",
  flags: {},
  examples: [
    { command: "registry show -t registry://registry.example.com", does: "which product it is" },
  ],
  async run(context, { flags }) {
    return withTarget(context, flags.target, async (session) => {
      const { product, policies, collection } = await requireUpkeep(session);
      const own = { retention: policies !== undefined, collection: collection !== undefined };
      if (flags.json)
        writeJson(context.stdout, {
          schema: "plimsoll.registry/1",
          target: session.target,
          product: product.name,
          can: { ...product.can, ...own },
        });
      else context.stdout.write(renderProduct(context.stdout, session.target, product, own));
      return EXIT.done;
    });
  },
});
