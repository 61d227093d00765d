import { contentDigest } from "../../oci/digest.ts";
import { familiarName } from "../../oci/reference.ts";
import type { Restored } from "../../operations/target-session.ts";
import { printable } from "./printable.ts";

/** How an image came back, and what is not as it was. */
export function renderRestored(restored: Restored): string {
  const { image, id, references, given, taken, wasThere, lostRepoDigests, details = [] } = restored;
  const { volume } = image;
  const name =
    volume === undefined ? references.map(familiarName).join(", ") || id : `volume ${volume.name}`;
  const names = given.map(familiarName).join(", ");
  const there = names === "" ? `${name} is there already` : `${id} was there; named ${names} again`;
  const lines = [
    wasThere ? there : `Restored ${name}`,
    ...(contentDigest(id) === image.id
      ? []
      : [
          `  its ID is ${id} here; it was ${image.id}, for this image store counts another document as the image`,
        ]),
    ...taken.map(
      ({ reference, by }) =>
        `  ${familiarName(reference)} means ${by} by now and was left to it; this one is ${id}`,
    ),
    ...lostRepoDigests.map(
      (digest) =>
        `  ${familiarName(digest)} is not known here any more; a pull brings it back where its registry has it`,
    ),
    ...details.map((detail) => `  ${detail}`),
  ];
  return `${lines.map(printable).join("\n")}\n`;
}
