import { constants } from "node:fs";
import { access, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

import { formatSize } from "../../policy/size.ts";
import type { CliContext } from "../cli-context.ts";
import { launcherPath, launcherState } from "../plugin-launcher.ts";
import { checkup, type Checkup } from "./checkup.ts";

/** What does not depend on a target: Node, the folders, the docker plug-in. */
export async function checkSetup(context: CliContext): Promise<readonly Checkup[]> {
  const { version, installation, folders } = context;
  return [
    checkup("ok", "plimsoll", `${version} on Node ${installation.nodeVersion}`),
    await checkFolder(
      "state",
      folders.state,
      "broken",
      "Without it nothing can be applied: the journal is kept there.",
    ),
    await checkFolder(
      "cache",
      folders.cache,
      "note",
      "Without it every command reads everything anew.",
    ),
    await checkPlugin(context),
  ];
}

async function checkFolder(
  subject: string,
  folder: string,
  unusable: "broken" | "note",
  consequence: string,
): Promise<Checkup> {
  const subjectText = `${subject} folder`;
  try {
    const existing = await nearestExisting(folder);
    await access(existing, constants.W_OK | constants.X_OK);
    const detail = existing === folder ? formatSize(await sizeOf(folder)) : "not made yet, can be";
    return checkup("ok", subjectText, `${folder} (${detail})`);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    return checkup(unusable, subjectText, `${folder} cannot be written: ${cause}`, consequence);
  }
}

/** The folder itself, or the first one above it that exists. */
async function nearestExisting(folder: string): Promise<string> {
  try {
    await access(folder, constants.F_OK);
    return folder;
  } catch (error) {
    const parent = dirname(folder);
    if (parent === folder) throw error;
    return nearestExisting(parent);
  }
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map((file) => fileSize(join(file.parentPath, file.name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Another command's files come and go. */
async function fileSize(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}

async function checkPlugin({ folders, installation, programName }: CliContext): Promise<Checkup> {
  const folder = join(folders.dockerConfig, "cli-plugins");
  const path = launcherPath(folder);
  const state = await launcherState(folder, installation);
  const install = `${programName} install-plugin`;
  switch (state) {
    case "current":
      return checkup("ok", "docker plug-in", path);
    case "absent":
      return checkup(
        "note",
        "docker plug-in",
        "not installed for this user",
        `For "docker plimsoll": ${install}`,
      );
    case "stale":
      return checkup(
        "note",
        "docker plug-in",
        `${path} starts another installation`,
        `To renew it: ${install}`,
      );
    case "foreign":
      return checkup("note", "docker plug-in", `${path} is not Plimsoll's`);
    default:
      return state satisfies never;
  }
}
