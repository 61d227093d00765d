import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageSet } from "./debian-packages.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { tarArchive, type TarEntry } from "./tar-writer.ts";

const COMMANDS = ["sh", "true", "sleep", "dd", "cp", "rm", "ls", "cat", "mkdir", "touch"];

/** The file system of a base image: a static busybox, its usual names, and a payload that does not compress. */
export async function baseRootFs(payloadBytes: number, random: SeededRandom): Promise<Buffer> {
  const { root } = await packageSet("busybox-static");
  const busybox = await readFile(join(root, "usr/bin/busybox"));
  const folders: TarEntry[] = ["bin", "dev", "proc", "sys", "tmp"].map((name) => ({
    kind: "directory",
    name,
  }));
  const links: TarEntry[] = COMMANDS.map((name) => ({
    kind: "symlink",
    name: `bin/${name}`,
    target: "busybox",
  }));
  return tarArchive([
    ...folders,
    { kind: "file", name: "bin/busybox", content: busybox, mode: 0o755 },
    ...links,
    { kind: "file", name: "payload", content: random.bytes(payloadBytes) },
  ]);
}
