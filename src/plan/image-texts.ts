import type { Image } from "../inventory/image.ts";
import { RowTexts } from "./row-texts.ts";

/** What a digest takes of the names of one thing; no name of an image contains these separators. */
export function nameText(subject: string, references: readonly string[]): string {
  return `${subject}\u0000${references.join("\u0000")}\u0001`;
}

/** `nameText` of images, at their positions. */
export function nameTexts(images: readonly Image[]): RowTexts {
  const texts = new RowTexts(images.length);
  for (const { id, references } of images) {
    texts.add(id);
    for (const reference of references) {
      texts.add("\u0000");
      texts.add(reference);
    }
    texts.add(references.length === 0 ? "\u0000\u0001" : "\u0001");
    texts.endRow();
  }
  return texts;
}

/** What else decisions are made from, of images at their positions. */
export function detailTexts(images: readonly Image[]): RowTexts {
  const texts = new RowTexts(images.length);
  for (const image of images) {
    for (const digest of image.repoDigests) {
      texts.add(digest);
      texts.add(" ");
    }
    addTime(texts, image.createdAt);
    addTime(texts, image.arrivedAt);
    addTime(texts, image.lastUsedAt);
    addTime(texts, image.firstSeenAt);
    texts.add(`${image.sizeBytes}`);
    const { parent, children, subject, labels } = image;
    if (parent !== undefined || children !== undefined || subject !== undefined)
      texts.add(` ${parent ?? ""} ${children?.join(" ") ?? ""} ${subject ?? ""}`);
    texts.add(labelsText(labels));
    texts.endRow();
  }
  return texts;
}

function addTime(texts: RowTexts, time: string | undefined): void {
  texts.add(time ?? "");
  texts.add(" ");
}

function labelsText(labels: Image["labels"]): string {
  const keys = Object.keys(labels);
  return keys.length === 0
    ? "\n"
    : JSON.stringify(keys.toSorted().map((key) => [key, labels[key]]));
}
