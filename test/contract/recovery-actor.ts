/**
 * The program in a process of its own that has loaded itself already, so that a kill at a random moment meets its work and
 * not its start (`--registry`: that on a registry as well). It says `ready`, waits for the arguments as a line of JSON,
 * and does what the program does with them.
 */
import { once } from "node:events";
import "../../src/cli/commands/apply.ts";
import "../../src/cli/commands/prune.ts";
import "../../src/cli/commands/restore.ts";
import "../../src/cli/commands/undo.ts";
import "../../src/docker/content/load-content.ts";
import "../../src/docker/content/preview-save.ts";
import "../../src/docker/content/save-content.ts";
import "../../src/main/open-bin.ts";
import "../../src/main/open-engine-target.ts";
import "../../src/main/open-layout-target.ts";
import "../../src/main/open-target.ts";
import "../../src/recovery/pack-image.ts";

// A tenth of a second, which others do without.
if (process.argv.includes("--registry")) await import("../../src/main/open-registry-target.ts");

process.stdout.write("ready\n");
const [line] = (await once(process.stdin, "data")) as [Buffer];
process.stdin.destroy();
const args = JSON.parse(line.toString("utf8")) as readonly string[];
process.argv.splice(2, Infinity, ...args);
await import("../../src/main.ts");
