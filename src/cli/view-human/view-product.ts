import type { Target } from "../../inventory/inventory.ts";
import type { RegistryCapabilities, RegistryProduct } from "../../ports/registry-capabilities.ts";
import type { Output } from "../cli-context.ts";
import { renderFields } from "./fields.ts";

/** What a registry does to itself, as far as that can be asked for here. */
export interface OwnUpkeep {
  readonly retention: boolean;
  readonly collection: boolean;
}

/** Which product a registry is, and what it can do. */
export function renderProduct(
  output: Output,
  { name }: Target,
  product: RegistryProduct,
  { retention, collection }: OwnUpkeep,
): string {
  const { can } = product;
  return renderFields(output, name, [
    ["product", [product.name]],
    ["deletes by digest", [deletion(can)]],
    ["takes one tag away", [TAGS[can.deletesTag]]],
    ["tells of pushes", [yesOrNo(can.hasPushTime)]],
    ["tells of pulls", [yesOrNo(can.hasPullTime)]],
    ["lists what has no tag", [yesOrNo(can.listsUntagged)]],
    [
      "lists attachments",
      [can.listsReferrers ? "where it has the referrers API" : "no: their tags count"],
    ],
    ["has immutable tags", [yesOrNo(can.immutableTags)]],
    ["retention of its own", [retention ? "yes: registry policies" : "no"]],
    ["tells what that would take", [yesOrNo(can.dryRun)]],
    [
      "collects its garbage",
      [collection ? "when it is told to: registry gc" : "by itself, or by its operator"],
    ],
  ]);
}

const TAGS: Readonly<Record<RegistryCapabilities["deletesTag"], string>> = {
  yes: "yes",
  tried: "where the protocol's deletion by tag is allowed",
  no: "no",
};

function deletion({ deletesDigest, wantsTagsGoneFirst }: RegistryCapabilities): string {
  if (!deletesDigest) return "no: an image goes by losing its tags";
  return wantsTagsGoneFirst === true ? "yes, after its tags" : "yes";
}

function yesOrNo(is: boolean): string {
  return is ? "yes" : "no";
}
