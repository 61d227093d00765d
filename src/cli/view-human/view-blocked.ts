import { isStopped, type Use } from "../../inventory/image-use.ts";
import { familiarName } from "../../oci/reference.ts";
import { shortDigest } from "../../oci/digest.ts";
import type { Blocked, Holder } from "../../plan/select-removals.ts";
import { printable } from "./printable.ts";
import { shellQuote } from "../policy-flags.ts";

/** For every image that cannot go: what is in the way, and the order that works. */
export function describeBlocked(
  blocked: readonly Blocked[],
  programName: string,
): readonly string[] {
  return blocked.flatMap((image) => {
    const name = nameOf(image);
    const elsewhere = [image, ...image.neededBy].flatMap((each) => each.usedElsewhere ?? []);
    if (image.uses.length + image.neededBy.length === 0)
      return [`${printable(name)} stays: ${printable(image.detail)}`];
    return [
      `${printable(name)} stays; it is needed by`,
      ...image.uses.map((use) => `  ${describeUse(use)}`),
      ...elsewhere.map((use) => `  ${printable(use)}`),
      ...image.neededBy.map((holder) => `  image ${printable(nameOf(holder))}`),
      // What other hosts use is not to be removed from here.
      ...(elsewhere.length > 0 ? [] : orderThatWorks(image, programName)),
    ];
  });
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

function orderThatWorks(image: Blocked, programName: string): readonly string[] {
  const uses = [image, ...image.neededBy].flatMap((each) => each.uses);
  const containers = uses.filter(({ kind }) => kind !== "service");
  const running = namesOf(containers.filter((use) => !isStopped(use)));
  const services = namesOf(uses.filter(({ kind }) => kind === "service"));
  const images = [...image.neededBy, image].map((each) => shellQuote(printable(wholeName(each))));
  const steps = [
    ...(services.length > 0
      ? [`docker service rm ${services.join(" ")}   (or update it to another image)`]
      : []),
    ...(running.length > 0 ? [`docker stop ${running.join(" ")}`] : []),
    [`${programName} rm`, ...(containers.length > 0 ? ["--with-containers"] : []), ...images].join(
      " ",
    ),
  ];
  return ["  In the order that works:", ...steps.map((step) => `    ${step}`)];
}

function namesOf(uses: readonly Use[]): readonly string[] {
  return [...new Set(uses.map(({ name }) => shellQuote(name)))];
}
