import { existsSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import type * as FsPromises from "node:fs/promises";
import { dirname } from "node:path";

type Fs = typeof FsPromises;
type FileHandle = FsPromises.FileHandle;

/** What ends on disk only with a sync of the directory that has the name. */
interface NewName {
  readonly path: string;
  /** Makes it as if the name had never been given. */
  readonly undo: () => void;
}

/**
 * `node:fs/promises` on which one step fails, or every step from one on as after a power cut. Steps are writes, syncs,
 * renames, links, and what makes or takes away a file or directory. `lose` then takes back what was never synced.
 */
class FaultyDisk {
  steps = 0;
  #failAt = Number.POSITIVE_INFINITY;
  #code = "";
  #isCut = false;
  /** Files with bytes that were not synced. */
  readonly #dirty = new Set<string>();
  #newNames: NewName[] = [];

  /** From now on; the count of steps begins anew. */
  failAt(step: number, code: string, isCut: boolean): void {
    this.steps = 0;
    this.#failAt = step;
    this.#code = code;
    this.#isCut = isCut;
  }

  repair(): void {
    this.#failAt = Number.POSITIVE_INFINITY;
    this.#dirty.clear();
    this.#newNames = [];
  }

  /** What a power cut leaves: of each thing that was not synced, chance says whether it was on disk already. */
  lose(chance: () => boolean): void {
    for (const path of this.#dirty) if (existsSync(path) && chance()) truncateSync(path, 3);
    for (const { undo } of this.#newNames.toReversed()) if (chance()) undo();
  }

  step(): void {
    this.steps += 1;
    if (this.steps !== this.#failAt && !(this.#isCut && this.steps > this.#failAt)) return;
    throw Object.assign(new Error(`${this.#code}: made to fail`), { code: this.#code });
  }

  wrote(path: string): void {
    this.#dirty.add(path);
  }

  synced(path: string): void {
    this.#dirty.delete(path);
    this.#newNames = this.#newNames.filter((name) => dirname(name.path) !== path);
  }

  renamed(from: string, to: string, before: Buffer | undefined): void {
    if (this.#dirty.delete(from)) this.#dirty.add(to);
    const undo = (): void => {
      if (!existsSync(to)) return;
      renameSync(to, from);
      if (before !== undefined) writeFileSync(to, before);
    };
    this.#newNames.push({ path: to, undo });
  }

  named(path: string): void {
    const undo = (): void => rmSync(path, { recursive: true, force: true });
    this.#newNames.push({ path, undo });
  }
}

export const disk = new FaultyDisk();

/** The module in place of the real one. */
export function faultyFs(real: Fs): object {
  return {
    ...real,
    open: async (path: string, ...rest: [number | string, number?]) => {
      const isNew = !existsSync(path);
      if (isNew) disk.step();
      const handle = await real.open(path, ...rest);
      if (isNew) disk.named(path);
      return faultyHandle(handle, path);
    },
    rename: async (from: string, to: string) => {
      disk.step();
      const before = existsSync(to) ? readFileSync(to) : undefined;
      await real.rename(from, to);
      disk.renamed(from, to, before);
    },
    link: async (from: string, to: string) => {
      disk.step();
      await real.link(from, to);
      disk.named(to);
    },
    mkdir: async (path: string, mode: number) => {
      disk.step();
      await real.mkdir(path, mode);
      disk.named(path);
    },
    rm: async (...args: Parameters<Fs["rm"]>) => {
      disk.step();
      await real.rm(...args);
    },
    unlink: async (path: string) => {
      disk.step();
      await real.unlink(path);
    },
  };
}

function faultyHandle(handle: FileHandle, path: string): FileHandle {
  return new Proxy(handle, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      return async (...args: readonly unknown[]): Promise<unknown> => {
        if (key === "write" || key === "writeFile" || key === "sync") disk.step();
        const answer: unknown = await Reflect.apply(value, target, args);
        if (key === "write" || key === "writeFile") disk.wrote(path);
        if (key === "sync") disk.synced(path);
        return answer;
      };
    },
  });
}
