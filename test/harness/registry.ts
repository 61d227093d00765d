import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DaemonProcess } from "./daemon-process.ts";
import { packageSet } from "./debian-packages.ts";
import { freeLoopbackPort } from "./free-port.ts";
import { createScratchFolder, discardScratchFolder } from "./scratch-folder.ts";

const READY_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 5_000;

export interface RunningRegistry {
  /** `127.0.0.1:PORT`, as it stands in references. */
  address: string;
  url: string;
  /** Root of its file system storage. */
  storageRoot: string;
  stop(): Promise<void>;
}

/** Debian's docker-registry over plain HTTP on a loopback port, with deletion allowed. */
export async function startRegistry(): Promise<RunningRegistry> {
  const folder = createScratchFolder();
  try {
    const { root } = await packageSet("docker-registry");
    const address = `127.0.0.1:${await freeLoopbackPort()}`;
    const storageRoot = join(folder, "storage");
    await mkdir(storageRoot);
    const config = {
      version: "0.1",
      log: { level: "warn" },
      storage: { filesystem: { rootdirectory: storageRoot }, delete: { enabled: true } },
      http: { addr: address },
    };
    // JSON is YAML.
    const configFile = join(folder, "registry.yml");
    await writeFile(configFile, JSON.stringify(config));
    const daemon = new DaemonProcess(join(root, "usr/bin/docker-registry"), ["serve", configFile], {
      env: { PATH: process.env.PATH, HOME: folder },
      logFile: join(folder, "registry.log"),
    });
    const url = `http://${address}`;
    await daemon.waitUntilReady(() => answers(`${url}/v2/`), READY_TIMEOUT_MS);
    return {
      address,
      url,
      storageRoot,
      stop: async () => {
        await daemon.terminate(STOP_TIMEOUT_MS);
        await discardScratchFolder(folder);
      },
    };
  } catch (error) {
    await discardScratchFolder(folder);
    throw error;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
