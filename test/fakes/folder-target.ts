import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FakeTarget, type FakeTraits } from "./fake-target.ts";

/** A fake target whose images are files of a folder, so that they outlive the process that removes them. */
export function openFolderTarget(folder: string, traits: FakeTraits): FakeTarget {
  const target = new FakeTarget(traits);
  for (const name of readdirSync(folder).toSorted()) {
    target.addImage(`sha256:${name}`, { [`layer-${name}`]: 100 });
  }
  target.onRemoved = (subject) => rmSync(join(folder, subject.slice("sha256:".length)));
  return target;
}

export function fillFolder(folder: string, count: number): void {
  for (let index = 0; index < count; index += 1) writeFileSync(join(folder, `${index}`), "");
}
