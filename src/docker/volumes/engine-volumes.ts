import { createHash } from "node:crypto";
import { join } from "node:path";
import type {
  StoredVolume,
  VolumeContent,
  VolumePreview,
  VolumeRestored,
  VolumeSpec,
} from "../../ports/volume-content.ts";
import type { EngineClient } from "../connection/engine-client.ts";
import { EngineError } from "../engine-error.ts";
import type { EngineTraits } from "../read-engine.ts";
import { volumeSizesOf, type VolumeAnswer } from "../read-volumes.ts";
import { TarTally } from "./tar-tally.ts";
import { VolumeError } from "./volume-error.ts";
import { fillFolder, hasGnuTar, isFolder, readFolder } from "./volume-folder.ts";
import type { VolumeHelper } from "./volume-helper.ts";

/** The engine looks at every file of every volume. */
const SIZES_TIMEOUT_MS = 300_000;

interface InspectedVolume extends VolumeAnswer {
  readonly Mountpoint?: string;
  readonly Options?: Readonly<Record<string, string>> | null;
}

export interface VolumeParts {
  readonly client: EngineClient;
  readonly traits: () => Promise<EngineTraits>;
  readonly helper: VolumeHelper;
  /** Others may read only a part of what is in volumes. */
  readonly isRoot: boolean;
}

/**
 * The content of an engine's volumes. Where their folders are on this machine it is read there, with everything that a file
 * system tells; else by the archives that Docker gives of containers, which lack extended attributes but file capabilities.
 * Podman's lack the owners too, and some names: they are not used.
 */
export class EngineVolumes implements VolumeContent {
  readonly #parts: VolumeParts;
  #canRead: Promise<boolean> | undefined;

  constructor(parts: VolumeParts) {
    this.#parts = parts;
  }

  async preview(
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, VolumePreview>> {
    const sizes = await this.#sizes(signal);
    const previews = new Map<string, VolumePreview>();
    for (const name of names) {
      const volume = await this.#find(name);
      if (volume === undefined) continue;
      const sizeBytes = sizes.get(name);
      const obstacle =
        sizeBytes === undefined
          ? "the engine does not tell how much it holds, so that nobody can tell whether all of it was read"
          : await this.#obstacle(volume);
      previews.set(name, {
        ...(sizeBytes === undefined ? {} : { sizeBytes }),
        ...(obstacle === undefined ? {} : { obstacle }),
      });
    }
    return previews;
  }

  async describe(name: string): Promise<VolumeSpec | undefined> {
    const volume = await this.#find(name);
    return volume && specOf(volume);
  }

  async *read(name: string, sizeBytes: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const volume = await this.#find(name);
    if (volume === undefined) throw new VolumeError(`the volume ${name} is gone`);
    const obstacle = await this.#obstacle(volume);
    if (obstacle !== undefined) throw new VolumeError(obstacle);
    const tally = new TarTally();
    for await (const chunk of await this.#open(volume, signal)) {
      tally.push(chunk);
      yield chunk;
    }
    const { isWhole, contentBytes } = tally.contents();
    if (!isWhole) throw new VolumeError(`the archive of the volume ${name} ends too early`);
    if (contentBytes !== sizeBytes)
      throw new VolumeError(
        `what can be read of the volume ${name} are ${contentBytes} bytes, and it held ${sizeBytes}`,
      );
  }

  async restore(stored: StoredVolume, signal: AbortSignal): Promise<VolumeRestored> {
    const { spec } = stored;
    const there = await this.#find(spec.name);
    if (there !== undefined) return this.#restoreInto(there, stored, signal);
    const { body } = await this.#parts.client.request("POST", "/volumes/create", {
      body: {
        Name: spec.name,
        Driver: spec.driver,
        DriverOpts: spec.options,
        Labels: spec.labels,
      },
    });
    const made = body as InspectedVolume;
    // A volume on a share or a folder may have kept its content.
    if (!(await this.#isEmpty(made, signal)))
      return { kind: "made", details: ["it had content, which was left as it is"] };
    await this.#fill(made, stored, signal);
    return { kind: "made", details: [] };
  }

  removeLeftovers(): Promise<void> {
    return this.#parts.helper.removeLeftovers();
  }

  close(): Promise<void> {
    return this.#parts.helper.close();
  }

  async #restoreInto(
    there: InspectedVolume,
    stored: StoredVolume,
    signal: AbortSignal,
  ): Promise<VolumeRestored> {
    const { spec, digest } = stored;
    const taken = (by: string): VolumeRestored => ({ kind: "taken", by });
    if (!isAlike(specOf(there), spec)) return taken("a volume with other options or labels");
    const hash = createHash("sha256");
    const tally = new TarTally();
    for await (const chunk of await this.#open(there, signal)) {
      hash.update(chunk);
      tally.push(chunk);
    }
    if (`sha256:${hash.digest("hex")}` === digest) return { kind: "there" };
    if (tally.contents().entries > 1) return taken("a volume with other content");
    const users = await this.#usersOf(spec.name);
    if (users > 0) return taken("an empty volume that a container has");
    await this.#fill(there, stored, signal);
    return { kind: "made", details: [] };
  }

  async #fill(volume: InspectedVolume, stored: StoredVolume, signal: AbortSignal): Promise<void> {
    const folder = await this.#folderOf(volume);
    if (folder === undefined) return this.#parts.helper.fill(volume.Name, stored.open(), signal);
    try {
      await fillFolder(folder, stored.open(), signal);
    } catch (error) {
      await this.#parts.client.request("DELETE", `/volumes/${encodeURIComponent(volume.Name)}`);
      throw error;
    }
  }

  async #isEmpty(volume: InspectedVolume, signal: AbortSignal): Promise<boolean> {
    const tally = new TarTally();
    for await (const chunk of await this.#open(volume, signal)) tally.push(chunk);
    return tally.contents().entries <= 1;
  }

  async #open(volume: InspectedVolume, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const folder = await this.#folderOf(volume);
    return folder === undefined
      ? this.#parts.helper.read(volume.Name, signal)
      : readFolder(folder, signal);
  }

  async #obstacle(volume: InspectedVolume): Promise<string | undefined> {
    const { client } = this.#parts;
    if (client.engine.product === "docker" || (await this.#folderOf(volume)) !== undefined)
      return undefined;
    return "Podman's own archives of volumes lack owners and some files; as root on its machine, with GNU tar, a volume without options is read in its folder";
  }

  /** Where its files are; undefined where they are to be had from the engine only. */
  async #folderOf({
    Name,
    Driver,
    Options,
    Mountpoint,
  }: InspectedVolume): Promise<string | undefined> {
    const { traits, isRoot } = this.#parts;
    const { isLocal, engine } = await traits();
    // With options it is mounted while somebody uses it, and an empty folder otherwise.
    const isPlain = Driver === "local" && Object.keys(Options ?? {}).length === 0;
    if (!isLocal || !isRoot || !isPlain || Mountpoint === undefined) return undefined;
    if (!Mountpoint.endsWith(join("volumes", Name, "_data"))) return undefined;
    if (engine.product === "docker" && !Mountpoint.startsWith(engine.rootDir)) return undefined;
    if (!(await isFolder(Mountpoint))) return undefined;
    return (await (this.#canRead ??= hasGnuTar())) ? Mountpoint : undefined;
  }

  async #sizes(signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    const { client } = this.#parts;
    const knowsTypes = client.engine.product === "docker" && client.supports("1.42");
    const { Volumes } = await client.getJson<{ Volumes?: readonly VolumeAnswer[] | null }>(
      "/system/df",
      { query: knowsTypes ? { type: "volume" } : {}, signal, timeoutMs: SIZES_TIMEOUT_MS },
    );
    return volumeSizesOf(Volumes ?? []);
  }

  async #usersOf(name: string): Promise<number> {
    const query = { all: 1, filters: { volume: [name] } };
    const users = await this.#parts.client.getJson<readonly unknown[]>("/containers/json", {
      query,
    });
    return users.length;
  }

  async #find(name: string): Promise<InspectedVolume | undefined> {
    try {
      return await this.#parts.client.getJson<InspectedVolume>(
        `/volumes/${encodeURIComponent(name)}`,
      );
    } catch (error) {
      if (error instanceof EngineError && error.kind === "not-found") return undefined;
      throw error;
    }
  }
}

function specOf({ Name, Driver = "local", Options, Labels }: InspectedVolume): VolumeSpec {
  return { name: Name, driver: Driver, options: Options ?? {}, labels: Labels ?? {} };
}

function isAlike(a: VolumeSpec, b: VolumeSpec): boolean {
  const text = ({ driver, options, labels }: VolumeSpec): string =>
    JSON.stringify([driver, sorted(options), sorted(labels)]);
  return text(a) === text(b);
}

function sorted(record: Readonly<Record<string, string>>): readonly unknown[] {
  return Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
