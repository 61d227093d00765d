import { isStopped, type Use } from "../../inventory/image-use.ts";
import { familiarName } from "../../oci/reference.ts";
import { shortDigest } from "../../oci/digest.ts";
import type { Blocked, Holder } from "../../plan/select-removals.ts";
import { printable } from "./printable.ts";
import { shellQuote } from "../policy-flags.ts";

/** Images that are built on a base may be hundreds. */
const MAX_LISTED = 5;

/** What the commands begin with that the user may run on this target. */
export interface RemovalCommands {
  /** `plimsoll rm` */
  readonly rm: string;
  /** `docker` */
  readonly engine: string;
}

/** For every image that cannot go: what is in the way, and the order that works. */
export function describeBlocked(
  blocked: readonly Blocked[],
  commands: RemovalCommands,
): readonly string[] {
  return blocked.flatMap((image) => {
    const name = nameOf(image);
    const elsewhere = [image, ...image.neededBy].flatMap((each) => each.usedElsewhere ?? []);
    if (image.uses.length + image.neededBy.length === 0)
      return [`${printable(name)} stays: ${printable(image.detail)}`];
    return [
      `${printable(name)} stays; it is needed by`,
      ...firstOf(image.uses.map(describeUse)),
      ...firstOf(elsewhere.map(printable)),
      ...firstOf(
        image.neededBy.map((holder) => `image ${printable(nameOf(holder))}`),
        "images",
      ),
      // What other hosts use is not to be removed from here.
      ...(elsewhere.length > 0 ? [] : orderThatWorks(image, commands)),
    ];
  });
}

function firstOf(lines: readonly string[], things = "uses"): readonly string[] {
  const more = lines.length - MAX_LISTED;
  // One more line says as much as the count of it would.
  if (more <= 1) return lines.map((line) => `  ${line}`);
  return [
    ...lines.slice(0, MAX_LISTED).map((line) => `  ${line}`),
    `  and ${more} more ${things}, ${lines.length} in all`,
  ];
}

function nameOf({ imageId, references }: Holder): string {
  const [first] = references;
  return first === undefined ? shortDigest(imageId) : familiarName(first);
}

/** What names the image with all its names. */
function wholeName(image: Holder): string {
  return image.references.length === 1 ? nameOf(image) : shortDigest(image.imageId);
}

function describeUse({ kind, name, state }: Use): string {
  switch (kind) {
    case "container":
      return `container ${printable(name)} (${state})`;
    case "mount":
      return `container ${printable(name)} (${state}), which mounts it`;
    case "service":
      return `service ${printable(name)}`;
    default:
      return kind satisfies never;
  }
}

function orderThatWorks(image: Blocked, commands: RemovalCommands): readonly string[] {
  const uses = [image, ...image.neededBy].flatMap((each) => each.uses);
  const containers = uses.filter(({ kind }) => kind !== "service");
  const running = namesOf(containers.filter((use) => !isStopped(use)));
  const services = namesOf(uses.filter(({ kind }) => kind === "service"));
  const images = [...image.neededBy, image].map((each) => shellQuote(printable(wholeName(each))));
  const steps = [
    ...(services.length > 0
      ? [`${commands.engine} service rm ${services.join(" ")}   (or update it to another image)`]
      : []),
    ...(running.length > 0 ? [`${commands.engine} stop ${running.join(" ")}`] : []),
    [commands.rm, ...(containers.length > 0 ? ["--with-containers"] : []), ...images].join(" "),
  ];
  return ["  In the order that works:", ...steps.map((step) => `    ${step}`)];
}

function namesOf(uses: readonly Use[]): readonly string[] {
  return [...new Set(uses.map(({ name }) => shellQuote(name)))];
}
