import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { BLOCK_BYTES, measureTree } from "./layer-disk-blocks.ts";

/** The overlay drivers have a folder for each layer, and its files below `diff` there. */
const OVERLAY = new Set(["overlay2", "fuse-overlayfs"]);
/** A layer that the engine itself has unpacked. BuildKit's own have shorter names, and may have been mounted. */
const UNPACKED = /^[a-f0-9]{64}$/;

/**
 * Where a Docker graphdriver has the files of layers, and what a layer takes besides. Around the files of a layer that was
 * unpacked are files whose lengths are the same for all: they are counted once. To look at each of them again is most
 * of the work of measuring many small layers.
 */
export class LayerFolders {
  readonly #driverDir: string;
  readonly #layerDb: string;
  readonly #isOverlay: boolean;
  /** Allocated bytes by what they are of; see the methods. */
  readonly #alike = new Map<string, number>();

  constructor(driverDir: string, layerDb: string) {
    this.#driverDir = driverDir;
    this.#layerDb = layerDb;
    this.#isOverlay = OVERLAY.has(basename(driverDir));
  }

  /** All that may be layers: not the short links to them, nor what containers write to. */
  ahead(): string[] {
    if (!this.#isOverlay) return [];
    const writable = this.#ofContainers();
    return readdirSync(this.#driverDir)
      .filter((name) => name !== "l" && !name.endsWith("-init") && !writable.has(name))
      .map((name) => this.filesOf(name));
  }

  filesOf(directory: string): string {
    const folder = `${this.#driverDir}/${directory}`;
    return this.#isUnpacked(directory) ? `${folder}/diff` : folder;
  }

  /** `description`: the folder with what the engine keeps about the layer. */
  bytesBeside(description: string, directory: string, isLowest: boolean): number {
    const around = this.#isUnpacked(directory)
      ? this.#once(`around ${isLowest}`, () => this.#bytesAround(directory))
      : 0;
    return this.#bytesOfDescription(description, isLowest) + this.#bytesOfLink(directory) + around;
  }

  #isUnpacked(directory: string): boolean {
    return this.#isOverlay && UNPACKED.test(directory);
  }

  /** The folder, the names of the layer and of those below, and the empty folder that a mount would need. */
  #bytesAround(directory: string): number {
    const folder = `${this.#driverDir}/${directory}`;
    const parts = readNames(folder).filter((name) => name !== "diff");
    return parts.reduce(
      (sum, name) => sum + (measureTree(`${folder}/${name}`) ?? 0),
      bytesOf(folder) ?? 0,
    );
  }

  /** Only the names of the layer's files, to put its archive together again, are of different length. */
  #bytesOfDescription(folder: string, isLowest: boolean): number {
    const namesBytes = bytesOf(`${folder}/tar-split.json.gz`);
    if (namesBytes === undefined) return measureTree(folder) ?? 0;
    const others = this.#once(
      `description ${isLowest}`,
      () => (measureTree(folder) ?? 0) - namesBytes,
    );
    return others + namesBytes;
  }

  /** overlay2 has a short link to each layer, in a block of its own where the target is too long for the inode. */
  #bytesOfLink(directory: string): number {
    return this.#once(`link ${directory.length}`, () => {
      const name = readLine(join(this.#driverDir, directory, "link"));
      return name ? (bytesOf(join(this.#driverDir, "l", name)) ?? 0) : 0;
    });
  }

  #once(what: string, measure: () => number): number {
    const known = this.#alike.get(what);
    if (known !== undefined) return known;
    const bytes = measure();
    this.#alike.set(what, bytes);
    return bytes;
  }

  #ofContainers(): ReadonlySet<string> {
    const mounts = join(this.#layerDb, "mounts");
    return new Set(readNames(mounts).flatMap((id) => readLine(join(mounts, id, "mount-id")) ?? []));
  }
}

function bytesOf(path: string): number | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats && stats.blocks * BLOCK_BYTES;
}

/** What is not there, or not any more, has nothing in it. */
function readNames(folder: string): string[] {
  return unlessGone(() => readdirSync(folder)) ?? [];
}

function readLine(path: string): string | undefined {
  return unlessGone(() => readFileSync(path, "utf8").trim());
}

function unlessGone<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? ""))
      return undefined;
    throw error;
  }
}
