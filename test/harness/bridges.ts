import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "./debian-packages.ts";

/** dockerd names the bridge of a network after the first digits of its ID. */
const BRIDGE = /^br-([0-9a-f]{12})$/;

/** Bridges in the kernel of networks that the Docker on this scratch folder has made: they outlive it. */
export function bridgesOf(folder: string): string[] {
  const networkStore = join(folder, "data/network/files/local-kv.db");
  if (!existsSync(networkStore)) return [];
  const records = readFileSync(networkStore, "latin1");
  return readdirSync("/sys/class/net").filter((name) => {
    const id = name.match(BRIDGE)?.[1];
    return id !== undefined && records.includes(id);
  });
}

export function deleteBridge(name: string): void {
  const busybox = join(cacheFolder(), "busybox-static/usr/bin/busybox");
  const [program, ...args] = existsSync(busybox) ? [busybox, "ip"] : ["ip"];
  execFileSync(program, [...args, "link", "delete", name]);
}
