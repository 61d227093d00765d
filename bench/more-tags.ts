import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";

/**
 * Gives every tag of Debian's docker-registry further names, `build-0-0x1` and so on, until there are `times` as many.
 * Written where the registry keeps them (distribution, registry/storage/paths.go): pushing so many takes minutes.
 */
export function multiplyTags(storageRoot: string, times: number): void {
  const root = join(storageRoot, "docker/registry/v2/repositories");
  for (const team of readdirSync(root))
    for (const name of readdirSync(join(root, team))) {
      const tags = join(root, team, name, "_manifests/tags");
      for (const tag of readdirSync(tags))
        for (let copy = 1; copy < times; copy += 1) nameAgain(tags, tag, `${tag}x${copy}`);
    }
}

function nameAgain(tags: string, from: string, to: string): void {
  const current = join(tags, to, "current");
  mkdirSync(current, { recursive: true });
  copyFileSync(join(tags, from, "current/link"), join(current, "link"));
}
