import { join } from "node:path";

import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { cannotWrite } from "../json-file.ts";
import { launcherPath, launcherState, writeLauncher } from "../plugin-launcher.ts";
import { shellQuote } from "../policy-flags.ts";
import { writeJson } from "../view-json.ts";

export const command = defineCommand({
  operands: "",
  description:
    'Puts docker-plimsoll into the plug-in folder of the docker CLI, so that "docker plimsoll" works like plimsoll.\n' +
    "Never overwrites a file of another program.",
  flags: {
    dir: {
      kind: "value",
      placeholder: "DIR",
      completion: "file",
      help: "the folder (default cli-plugins in the docker CLI's own)",
    },
  },
  takesTarget: false,
  examples: [
    { command: "install-plugin", does: "for this user" },
    { command: "install-plugin --dir /usr/local/lib/docker/cli-plugins", does: "for every user" },
  ],
  async run(context, { flags }) {
    const { installation, folders } = context;
    if (installation.platform === "win32") {
      throw new CliError("on Windows docker runs only .exe files as plug-ins", [
        "Use plimsoll by its own name.",
      ]);
    }
    const folder = flags.dir ?? join(folders.dockerConfig, "cli-plugins");
    const path = launcherPath(folder);
    const before = await launcherState(folder, installation);
    if (before === "foreign") {
      throw new CliError(`${path} is not Plimsoll's, and is left alone`, [
        "Remove it yourself if it is not needed, or name another folder with --dir.",
      ]);
    }
    try {
      if (before !== "current") await writeLauncher(folder, installation);
    } catch (error) {
      throw cannotWrite(path, error);
    }
    if (flags.json) writeJson(context.stdout, { path, changed: before !== "current" });
    else {
      const done = before === "current" ? "is there already" : "written";
      context.stdout.write(
        `${path} ${done}; try: docker plimsoll status\nTo remove it: rm ${shellQuote(path)}\n`,
      );
    }
    return EXIT.done;
  },
});
