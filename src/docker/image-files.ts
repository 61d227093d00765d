import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { isDigest, type Digest } from "../oci/digest.ts";
import { isJsonObject } from "../oci/json-object.ts";

const HEX = /^[a-f0-9]{64}$/;

/**
 * A file that was changed again within this time may show the same stamps: kernels round the moment of a change, by
 * some milliseconds, file systems by up to two seconds.
 */
const SETTLED_MS = 2_000;

/**
 * What images a Docker graphdriver has, by the files that its own list is made from: a file for each image in
 * `imagedb/content` and a folder for each of some in `imagedb/metadata` (moby `image/fs.go`), and `repositories.json`,
 * which is replaced as a whole (moby `reference/store.go`).
 */
export class ImageFiles {
  readonly #content: string;
  readonly #metadata: string;
  readonly #repositories: string;

  /** `folder`: `image/<driver>` of the data root. */
  constructor(folder: string) {
    this.#content = `${folder}/imagedb/content/sha256`;
    this.#metadata = `${folder}/imagedb/metadata/sha256`;
    this.#repositories = `${folder}/repositories.json`;
  }

  /** All images; one that is being written is none yet. */
  ids(): Digest[] {
    return hexNamesIn(this.#content).map((hex) => `sha256:${hex}`);
  }

  /** Tags and names by digest, as the docker command prints them. Undefined where the file is not as it should be. */
  names(): ReadonlyMap<Digest, readonly string[]> | undefined {
    const document: unknown = JSON.parse(readFileSync(this.#repositories, "utf8"));
    const repositories = isJsonObject(document) ? document["Repositories"] : undefined;
    if (!isJsonObject(repositories)) return undefined;
    const names = new Map<Digest, string[]>();
    for (const repository of Object.values(repositories)) {
      if (!isJsonObject(repository)) return undefined;
      for (const [name, id] of Object.entries(repository)) {
        if (typeof id !== "string") return undefined;
        const known = names.get(id);
        if (known === undefined) names.set(id, [name]);
        else known.push(name);
      }
    }
    return names;
  }

  /** The images that something is noted of beside their configuration: a parent, or when they were last given a name. */
  noted(): ReadonlySet<Digest> {
    return new Set(hexNamesIn(this.#metadata).map((hex) => `sha256:${hex}`));
  }

  /** The image that this one was built on. */
  parentOf(id: Digest): Digest | undefined {
    try {
      const text = readFileSync(`${this.#metadata}/${hexOf(id)}/parent`, "utf8").trim();
      return isDigest(text) ? text : undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  /**
   * A text that is another one after any change of what is read here. Undefined where the last change is so recent that
   * one more might not show, and where something is missing.
   */
  state(nowMs: number): string | undefined {
    const paths = [this.#repositories, this.#content, this.#metadata];
    // A note is replaced within the image's own folder, which shows in that folder alone.
    for (const hex of hexNamesIn(this.#metadata)) paths.push(`${this.#metadata}/${hex}`);
    const stamps: string[] = [];
    for (const path of paths) {
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (stats === undefined || Math.max(stats.mtimeMs, stats.ctimeMs) > nowMs - SETTLED_MS)
        return undefined;
      stamps.push(`${stats.ino} ${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}`);
    }
    return stamps.join("\n");
  }
}

function hexOf(id: Digest): string {
  return id.slice(id.indexOf(":") + 1);
}

/** Empty where there is no such folder. */
function hexNamesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => HEX.test(name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
