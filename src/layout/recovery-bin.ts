import { randomUUID } from "node:crypto";

import type { Digest } from "../oci/digest.ts";
import type { BinEncryption } from "../ports/bin-encryption.ts";
import type { Clock } from "../ports/clock.ts";
import type { ContentPart, ImageForm, StoredContent } from "../ports/image-content.ts";
import type {
  AddOptions,
  BinEntry,
  BinPart,
  BinRemoval,
  RecoveryBin,
  RemovedImage,
  VerifyProgress,
} from "../ports/recovery-bin.ts";
import { BinCatalogue } from "./bin-catalogue.ts";
import { inRegistryOnly, type StoredLayer } from "./bin-contents.ts";
import { LayoutBinEncryption } from "./bin-encryption.ts";
import { asBinError } from "./bin-error.ts";
import { BinHold } from "./bin-hold.ts";
import { BinIndex } from "./bin-index.ts";
import { binInventory, sharersOf } from "./bin-inventory.ts";
import { BinKeys } from "./bin-keys.ts";
import { BinStore } from "./bin-store.ts";
import { binParts, storedContent } from "./bin-stored-content.ts";
import { createLayout, isLayout } from "./create-layout.ts";
import { isEncryptedOnly } from "./has-blob.ts";
import { storedBytesOf } from "./encrypted-files.ts";
import { openLayout } from "./index-file.ts";
import { LayoutError } from "./layout-error.ts";
import { checkOpens } from "./read-encrypted.ts";
import type { RecoveryRecord } from "./recovery-records.ts";
import { replaceLayers } from "./replace-layers.ts";
import type { RootContents } from "./root-contents.ts";
import { sweepHeld } from "./sweep-held.ts";
import { verifyBin } from "./verify-bin.ts";

/** Opens the bin in a directory. Where none is it is empty, and made by the first image that is put there. */
export async function openRecoveryBin(
  directory: string,
  clock: Clock,
  identityFile?: string,
): Promise<RecoveryBin> {
  try {
    const root = (await isLayout(directory)) ? await openLayout(directory) : directory;
    const index = new BinIndex(root);
    const { records } = await index.read();
    const keys = new BinKeys(root, identityFile);
    await keys.readRecipients();
    const catalogue = await BinCatalogue.read(root, records);
    return new LayoutRecoveryBin(root, { clock, index, keys, catalogue });
  } catch (error) {
    throw asBinError(error, directory);
  }
}

interface BinParts {
  readonly clock: Clock;
  readonly index: BinIndex;
  readonly keys: BinKeys;
  readonly catalogue: BinCatalogue;
}

/**
 * The recovery bin as an image layout: every tool that reads layouts reads it. Images of graph drivers get a manifest of
 * the bin's own over their configuration and their layers as zstd; everything else is kept byte for byte.
 */
class LayoutRecoveryBin implements RecoveryBin {
  readonly location: string;
  readonly encryption: BinEncryption;
  readonly #root: string;
  readonly #clock: Clock;
  readonly #index: BinIndex;
  readonly #keys: BinKeys;
  readonly #hold: BinHold;
  readonly #catalogue: BinCatalogue;
  readonly #store: BinStore;
  readonly #storedBytesOf = (digest: Digest, sizeBytes: number): number =>
    this.#keys.encrypts ? storedBytesOf(this.#root, digest, sizeBytes) : sizeBytes;

  constructor(root: string, { clock, index, keys, catalogue }: BinParts) {
    this.location = root;
    this.#root = root;
    this.#clock = clock;
    this.#index = index;
    this.#keys = keys;
    this.#hold = new BinHold(root);
    this.#catalogue = catalogue;
    this.#store = new BinStore(root, catalogue, keys);
    const whileHeld = <T>(action: () => Promise<T>): Promise<T> => this.whileHeld(action);
    this.encryption = new LayoutBinEncryption(root, { keys, index, hold: this.#hold, whileHeld });
  }

  async whileHeld<T>(action: () => Promise<T>): Promise<T> {
    try {
      await createLayout(this.#root);
    } catch (error) {
      throw asBinError(error, this.#root);
    }
    return this.#hold.share(action, async () => {
      await this.#keys.readRecipients();
      const { records } = await this.#index.read();
      await this.#catalogue.learn(records);
    });
  }

  holds(digest: Digest): boolean {
    return this.#store.holds(digest);
  }

  async put(part: ContentPart): Promise<number> {
    try {
      return await this.whileHeld(() => this.#store.put(part));
    } catch (error) {
      // What the source throws is told as it is, whatever its code says.
      throw error instanceof LayoutError ? asBinError(error, this.#root) : error;
    }
  }

  async add(image: RemovedImage, form: ImageForm, options: AddOptions = {}): Promise<BinEntry> {
    try {
      return await this.whileHeld(async () => {
        const { inRegistry = [] } = options;
        const tops = await this.#store.writeTops(form, inRegistry);
        await this.#store.prove(image.id, tops, options);
        await this.#mendOthers();
        const attached = form.kind === "manifest" ? (form.attached ?? []) : [];
        const [root] = tops;
        if (root === undefined) throw new RangeError(`${image.id} has no document`);
        const known = { key: randomUUID(), image, form: form.kind, pinned: false };
        const record = { ...known, attached, inRegistry, root };
        await this.#index.change((records) => [...records, record]);
        return this.#describe(record);
      });
    } catch (error) {
      throw asBinError(error, this.#root);
    }
  }

  async entries(): Promise<readonly BinEntry[]> {
    const { records } = await this.#index.read();
    await this.#catalogue.learn(records);
    return Promise.all(records.map((record) => this.#describe(record)));
  }

  async contentOf(entry: BinEntry): Promise<StoredContent> {
    const { image, inRegistry = [] } = entry;
    const away = inRegistry.find(({ digest }) => !this.holds(digest));
    if (away !== undefined) throw inRegistryOnly(image.id, away);
    const content = storedContent(this.#root, entry, () => this.#layersFor(entry), this.#keys);
    for (const digest of (await this.#contentsOf(entry))?.sizes.keys() ?? [])
      if (isEncryptedOnly(this.#root, digest)) await checkOpens(this.#root, digest, this.#keys);
    return content;
  }

  async partsOf(entry: BinEntry): Promise<readonly BinPart[]> {
    const { records } = await this.#index.read();
    const record = records.find(({ key }) => key === entry.key);
    if (record === undefined) return [];
    const layers = await this.#layersOf(entry);
    const parts = await binParts(this.#root, record.root, entry, layers, this.#storedBytesOf);
    const digests = new Set(parts.map(({ digest }) => digest));
    const others = records.filter(({ key }) => key !== entry.key);
    const sharers = await sharersOf(others, this.#catalogue, digests);
    return parts.map((part) => ({ ...part, sharedWith: sharers.get(part.digest) ?? [] }));
  }

  async inventory() {
    const takenAt = new Date(this.#clock()).toISOString();
    const sizesOf = (record: RecoveryRecord) => this.#storedSizes(record);
    return binInventory(this.#root, await this.#index.read(), sizesOf, takenAt);
  }

  async setPinned(key: string, pinned: boolean): Promise<void> {
    await this.#change((records) =>
      records.map((record) =>
        record.key === key && record.pinned !== pinned ? { ...record, pinned } : record,
      ),
    );
  }

  async remove(keys: readonly string[]): Promise<BinRemoval> {
    const doomed = new Set(keys);
    if (doomed.size > 0)
      await this.#change((records) => records.filter(({ key }) => !doomed.has(key)));
    return sweepHeld(this.#root, this.#hold, this.#index, this.#clock);
  }

  async verify(
    signal: AbortSignal,
    onProgress: (progress: VerifyProgress) => void = () => undefined,
  ) {
    if (!(await isLayout(this.#root))) return [];
    return this.whileHeld(async () => {
      const { records } = await this.#index.read();
      const needs = await Promise.all(
        records.map(async (record) => {
          const { sizes, damage } = await this.#catalogue.contentsOf(record);
          const told = damage === undefined ? {} : { damage };
          return { key: record.key, root: record.root.digest, sizes, ...told };
        }),
      );
      return verifyBin(this.#root, needs, { signal, onProgress, keys: this.#keys });
    });
  }

  async #contentsOf({ key }: BinEntry): Promise<RootContents | undefined> {
    const { records } = await this.#index.read();
    const record = records.find((each) => each.key === key);
    return record && this.#catalogue.contentsOf(record);
  }

  async #layersOf(entry: BinEntry): Promise<ReadonlyMap<Digest, StoredLayer>> {
    return (await this.#contentsOf(entry))?.config?.layers ?? new Map();
  }

  /** Bytes of everything that an image stands on, as they are stored. */
  async #storedSizes(record: RecoveryRecord): Promise<ReadonlyMap<Digest, number>> {
    const { sizes } = await this.#catalogue.contentsOf(record);
    return new Map([...sizes].map(([digest, size]) => [digest, this.#storedBytesOf(digest, size)]));
  }

  /** Those of the image's own manifest, and those that are here without it: fetched, or another image's. */
  async #layersFor(entry: BinEntry): Promise<ReadonlyMap<Digest, StoredLayer>> {
    const layers = new Map(await this.#layersOf(entry));
    for (const { digest } of entry.inRegistry ?? []) {
      const fetched = this.#catalogue.layer(digest);
      if (fetched !== undefined) layers.set(digest, fetched);
    }
    return layers;
  }

  /** Where a layer of theirs was damaged, and has come anew in other bytes. */
  async #mendOthers(): Promise<void> {
    const { replaced } = this.#store;
    if (replaced.size === 0) return;
    await replaceLayers(this.#root, this.#index, this.#catalogue, replaced);
    replaced.clear();
  }

  async #change(...change: Parameters<BinIndex["change"]>): Promise<void> {
    try {
      await this.#index.change(...change);
    } catch (error) {
      throw asBinError(error, this.#root);
    }
  }

  async #describe(record: RecoveryRecord): Promise<BinEntry> {
    const { key, image, pinned, attached, inRegistry, root } = record;
    const { config, damage } = await this.#catalogue.contentsOf(record);
    const sizes = await this.#storedSizes(record);
    const storedBytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    const form: ImageForm =
      record.form === "manifest"
        ? { kind: "manifest", root: root.digest, ...(attached.length === 0 ? {} : { attached }) }
        : { kind: "config", config: image.id, diffIds: config?.diffIds ?? [] };
    return {
      key,
      image,
      form,
      ...(inRegistry.length === 0 ? {} : { inRegistry }),
      pinned,
      storedBytes,
      ...(damage === undefined ? {} : { damage }),
    };
  }
}
