import { copyFileSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * Gives every tag of Debian's docker-registry further names, TAG + mark + number, until there are `times` as many. Written where
 * the registry keeps them (distribution, registry/storage/paths.go): pushing thousands takes minutes.
 */
export function addTags(storageRoot: string, mark: string, times: number): void {
  for (const tags of tagFolders(storageRoot))
    for (const tag of readdirSync(tags))
      for (let copy = 1; copy < times; copy += 1) {
        const current = join(tags, `${tag}${mark}${copy}`, "current");
        mkdirSync(current, { recursive: true });
        copyFileSync(join(tags, tag, "current/link"), join(current, "link"));
      }
}

/** Takes away those that were added with this mark. */
export function dropTags(storageRoot: string, mark: string): void {
  for (const tags of tagFolders(storageRoot))
    for (const tag of readdirSync(tags))
      if (tag.includes(mark)) rmSync(join(tags, tag), { recursive: true });
}

/** `REPOSITORY:TAG` of every tag, sorted. */
export function namesIn(storageRoot: string): readonly string[] {
  const names = tagFolders(storageRoot).flatMap((tags) => {
    const repository = tags.split("/").slice(-4, -2).join("/");
    return readdirSync(tags).map((tag) => `${repository}:${tag}`);
  });
  return names.toSorted();
}

/** Of repositories whose names have two parts. */
function tagFolders(storageRoot: string): readonly string[] {
  const root = join(storageRoot, "docker/registry/v2/repositories");
  return readdirSync(root).flatMap((team) =>
    readdirSync(join(root, team)).map((name) => join(root, team, name, "_manifests/tags")),
  );
}
