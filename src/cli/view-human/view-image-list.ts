import type { ListedImage } from "../../operations/list-images.ts";
import { shortDigest } from "../../oci/digest.ts";
import { familiarName } from "../../oci/reference.ts";
import { splitName } from "../../policy/name-pattern.ts";
import { formatSize } from "../../policy/size.ts";
import type { Output } from "../cli-context.ts";
import { printable } from "./printable.ts";
import { renderTable, type Column } from "./table.ts";
import { formatAge, UNKNOWN } from "./view-image.ts";

export interface ImageListOptions {
  readonly nowMs: number;
  readonly digests: boolean;
  /** Nothing is shortened. */
  readonly whole: boolean;
}

/**
 * One line for every name, as docker lists them; figures are those of the image, the same on each of its lines. Names are
 * never cut: they are what the next command needs.
 */
export function renderImageList(
  output: Output,
  images: readonly ListedImage[],
  options: ImageListOptions,
): string {
  const columns: readonly Column[] = [
    { title: "REPOSITORY" },
    { title: "TAG" },
    ...(options.digests ? [{ title: "DIGEST" }] : []),
    { title: "ID" },
    { title: "CREATED" },
    { title: "USED" },
    { title: "SIZE", align: "right" },
    { title: "EXCLUSIVE", align: "right" },
    { title: "STATE" },
  ];
  return renderTable(
    output,
    columns,
    images.flatMap((listed) => rowsOf(listed, options)),
  );
}

function rowsOf(
  { image, names, state, exclusive }: ListedImage,
  options: ImageListOptions,
): readonly string[][] {
  const cells = [
    options.whole ? image.id : shortDigest(image.id),
    formatAge(image.createdAt, options.nowMs),
    formatAge(image.lastUsedAt, options.nowMs),
    formatSize(image.sizeBytes),
    formatSize(exclusive.bytes),
    state,
  ];
  const shown = names.length === 0 ? [undefined] : names;
  return shown.map((name) => {
    const { repository, tag } = splitForDisplay(name);
    const digest = options.digests ? [digestOf(image.repoDigests, name)] : [];
    return [repository, tag, ...digest, ...cells];
  });
}

function splitForDisplay(name: string | undefined): { repository: string; tag: string } {
  if (name === undefined) return { repository: "<none>", tag: "<none>" };
  const { registry, repository, tag = "<none>" } = splitName(name);
  return { repository: printable(familiarName(`${registry}/${repository}`)), tag: printable(tag) };
}

/** The digest by which the repository of that name knows the image. */
function digestOf(repoDigests: readonly string[], name: string | undefined): string {
  const { registry, repository } = splitName(name ?? "");
  const found = repoDigests.find((each) => each.startsWith(`${registry}/${repository}@`));
  return found === undefined ? UNKNOWN : found.slice(found.indexOf("@") + 1);
}
