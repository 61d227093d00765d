import { existsSync, readdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";

const ROOT = "/sys/fs/cgroup";
/** Where the engines keep the folders of their containers, and what they put before an ID in the name of a group. */
const PLACES = [
  { containers: "data/containers", parent: "docker", prefix: "" },
  { containers: "root/overlay-containers", parent: "libpod_parent", prefix: "libpod-" },
];
const ID = /^[0-9a-f]{64}$/;

/** Control groups of the containers of the engine on this scratch folder: where it is killed they outlive it. */
export function controlGroupsOf(folder: string): string[] {
  // Version 1 has a tree for each controller, version 2 a single one.
  const trees = existsSync(ROOT)
    ? [ROOT, ...readdirSync(ROOT).map((name) => join(ROOT, name))]
    : [];
  return PLACES.flatMap(({ containers, parent, prefix }) =>
    namesIn(join(folder, containers)).flatMap((id) =>
      ID.test(id) ? trees.map((tree) => join(tree, parent, prefix + id)) : [],
    ),
  ).filter((group) => existsSync(group));
}

/** Of which no process is left: such a group is as good as gone, unless something still looks after it. */
export function removeControlGroup(group: string): void {
  try {
    rmdirSync(group);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!["EBUSY", "ENOENT", "ENOTEMPTY"].includes(code)) throw error;
  }
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
