import type { ForeignUse } from "../../inventory/foreign-use.ts";
import type { Inventory } from "../../inventory/inventory.ts";
import { knownElsewhere } from "../../operations/known-elsewhere.ts";
import { listImages, type ListedImage } from "../../operations/list-images.ts";
import { shortDigest } from "../../oci/digest.ts";
import { familiarName } from "../../oci/reference.ts";
import { defineCommand } from "../command.ts";
import { requireComparedImages } from "../compared-images.ts";
import { EXIT } from "../exit-codes.ts";
import { QUERY_FLAGS, queryOf } from "../image-query.ts";
import { writeDocument } from "../json-chunks.ts";
import { aimByFile, HOSTS_FLAGS, observeWithUse } from "../registry-hosts.ts";
import { SORT_KEYS, sortImages, sortNames } from "../sort-images.ts";
import { count } from "../view-human/view-bytes.ts";
import { renderImageList } from "../view-human/view-image-list.ts";
import { describeAsked } from "../view-human/view-used-elsewhere.ts";
import { renderRegistryList } from "../view-human/view-registry-list.ts";
import { withTarget } from "../with-target.ts";

export const command = defineCommand({
  operands: "[pattern]",
  operandCompletion: "image",
  description:
    "Lists images with the bytes that each really holds alone (EXCLUSIVE): what its removal would free. " +
    "The pattern is a name, with or without a tag; * stays within one segment of it, ** does not. " +
    "Of a registry: digest, platforms, when pushed (SEEN: known here) and pulled, signatures, and what uses it on the hosts " +
    "of a policy file (-p); columns that nothing is known for are left out.",
  flags: {
    ...QUERY_FLAGS,
    ...HOSTS_FLAGS,
    sort: {
      kind: "value",
      placeholder: "KEY",
      choices: SORT_KEYS,
      help: `${SORT_KEYS.join(", ")} (default created, newest first)`,
    },
    quiet: { kind: "switch", short: "q", help: "only IDs" },
    digests: { kind: "switch", help: "with the digests that registries know them by" },
    noTrunc: { kind: "switch", help: "full IDs" },
  },
  examples: [
    { command: "images", does: "everything that has a name or is dangling" },
    { command: "images 'team/*' --sort exclusive", does: "of one team, by what each really holds" },
    { command: "images --state unused --larger-than 1GB", does: "large ones that nothing uses" },
    { command: "images -q --filter dangling=true", does: "IDs of dangling images" },
    {
      command: "images -p policy.yaml -t hub",
      does: "of a registry, with what uses them on the policy's hosts",
    },
  ],
  async run(context, { operands: [pattern], flags }) {
    const nowMs = context.clock();
    const query = queryOf(flags, pattern, nowMs);
    const key = SORT_KEYS.find((each) => each === flags.sort) ?? "created";
    const { target, policy } = await aimByFile(context, flags);
    return withTarget(context, target, async (session) => {
      const { inventory, foreignUse } = await observeWithUse(context, session, policy);
      requireComparedImages(context, inventory.images, flags.filter);
      const { images, undecided } = await listImages(inventory, query, nowMs, foreignUse);
      const sorted = sortImages(images, key);
      const isRegistry = inventory.target.kind === "registry";
      const render = isRegistry ? renderRegistryList : renderImageList;
      if (flags.json) {
        writeDocument(context.stdout, listDocument(sorted, undecided, inventory, foreignUse));
        return EXIT.done;
      }
      if (flags.quiet)
        for (const { image } of sorted)
          context.stdout.write(`${flags.noTrunc ? image.id : shortDigest(image.id)}\n`);
      else
        context.stdout.write(
          render(context.stdout, key === "name" ? sortNames(images) : sorted, {
            nowMs,
            digests: flags.digests ?? false,
            whole: flags.noTrunc ?? false,
          }),
        );
      if (isRegistry && !flags.quiet) context.stderr.write(describeAsked(foreignUse));
      if (pattern !== undefined && sorted.length === 0 && undecided === 0) {
        context.stderr.write(describeNoMatch(pattern, inventory));
      }
      if (undecided > 0) {
        context.stderr.write(
          `${count(undecided, "image")} left out: a time that was asked for is not known of ${undecided === 1 ? "it" : "them"}\n`,
        );
      }
      return EXIT.done;
    });
  },
});

function describeNoMatch(pattern: string, { images }: Inventory): string {
  const isPath = images.some(({ references }) =>
    references.some((name) => familiarName(name).startsWith(`${pattern}/`)),
  );
  if (isPath) return `no image matches "${pattern}"; '${pattern}/**' is all below it\n`;
  const anywhere = pattern.startsWith("**/")
    ? ""
    : `; a name without a registry is one of Docker Hub, '**/${pattern}' is on any`;
  return `no image matches "${pattern}"${anywhere}\n`;
}

function listDocument(
  images: readonly ListedImage[],
  undecided: number,
  { accuracy, target }: Inventory,
  foreignUse: ForeignUse | undefined,
): object {
  const isRegistry = target.kind === "registry";
  return {
    schema: "plimsoll.images/1",
    accuracy,
    undecided,
    askedHosts: foreignUse?.hosts.map(({ name, complete }) => ({ name, complete })),
    images: images.map(({ image, state, uses, usedElsewhere, isSigned, exclusive }) => {
      const { blobs: _blobs, ...facts } = image;
      return {
        ...facts,
        ...(target.kind === "engine" ? { elsewhere: knownElsewhere(image) } : {}),
        ...(isRegistry ? { digest: image.id.slice(image.id.lastIndexOf("@") + 1) } : {}),
        ...(isRegistry ? { signed: isSigned } : {}),
        ...(foreignUse === undefined ? {} : { usedElsewhere }),
        state,
        uses,
        exclusiveBytes: exclusive.bytes,
        exclusiveDiskBytes: exclusive.diskBytes,
      };
    }),
  };
}
