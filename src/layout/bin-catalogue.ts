import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import type { ImageForm } from "../ports/image-content.ts";
import type { RegistryPart } from "../ports/recovery-bin.ts";
import { readCatalogueFile, writeCatalogueFile } from "./bin-catalogue-file.ts";
import {
  blobsOf,
  contentBelow,
  describeDocument,
  readConfigImage,
  type StoredLayer,
} from "./bin-contents.ts";
import { hasBlob } from "./has-blob.ts";
import { inParallel } from "./in-parallel.ts";
import { LayoutError } from "./layout-error.ts";
import type { RootContents } from "./root-contents.ts";

/** From so many entries on that had to be looked up, what was found is written down for the next time. */
const WORTH_WRITING = 64;

/** A root in the bin, and how its image is known. */
export interface BinRoot {
  readonly form: ImageForm["kind"];
  readonly root: Descriptor;
  /** Manifests that came with it because they are attached to it. */
  readonly attached: readonly Digest[];
  readonly inRegistry: readonly RegistryPart[];
}

/**
 * What the documents in the bin say, each read once: they are known by their digests, so that they never change. What files
 * are really there is another question.
 */
export class BinCatalogue {
  readonly #root: string;
  /** By `keyOf`. */
  readonly #contents: Map<string, RootContents>;
  /** By the digest of the uncompressed tar, as the documents or this process know them. */
  readonly #layers = new Map<Digest, StoredLayer>();
  readonly #sizes = new Map<Digest, number>();

  private constructor(root: string, contents: Map<string, RootContents>) {
    this.#root = root;
    this.#contents = contents;
  }

  /** Reads what is written down, and the documents of the entries that are not in it. */
  static async read(root: string, entries: readonly BinRoot[]): Promise<BinCatalogue> {
    const written = await readCatalogueFile(root);
    const keys = new Set(entries.map(keyOf));
    const catalogue = new BinCatalogue(
      root,
      new Map([...written].filter(([key]) => keys.has(key))),
    );
    for (const contents of catalogue.#contents.values()) catalogue.#index(contents);
    const unknown = entries.filter((entry) => !catalogue.#contents.has(keyOf(entry)));
    await catalogue.learn(unknown);
    if (unknown.length >= WORTH_WRITING) await writeCatalogueFile(root, catalogue.#contents);
    return catalogue;
  }

  /** Reads the documents of entries that are not known yet. */
  async learn(entries: readonly BinRoot[]): Promise<void> {
    const { signal } = new AbortController();
    await inParallel(entries, signal, async (entry) => {
      await this.contentsOf(entry);
    });
  }

  async contentsOf(entry: BinRoot): Promise<RootContents> {
    const known = this.#contents.get(keyOf(entry));
    if (known !== undefined) return known;
    const contents = await readContents(this.#root, entry);
    if (contents.damage === undefined) this.#contents.set(keyOf(entry), contents);
    this.#index(contents);
    return contents;
  }

  layer(diffId: Digest): StoredLayer | undefined {
    return this.#layers.get(diffId);
  }

  learnLayer(diffId: Digest, layer: StoredLayer): void {
    this.#layers.set(diffId, layer);
    this.#sizes.set(layer.digest, layer.sizeBytes);
  }

  /** Bytes that a blob must have, where a document says so. */
  sizeOf(digest: Digest): number | undefined {
    return this.#sizes.get(digest);
  }

  #index({ sizes, config, damage }: RootContents): void {
    for (const [digest, size] of sizes) this.#sizes.set(digest, size);
    for (const [diffId, layer] of config?.layers ?? [])
      if (damage === undefined || !this.#layers.has(diffId)) this.#layers.set(diffId, layer);
  }
}

/** Tells a document that is an image by itself from the same document made for an image's configuration. */
function keyOf({ form, root, attached, inRegistry }: BinRoot): string {
  const left = inRegistry.map(({ blob }) => `-${blob}`);
  return [form, root.digest, ...attached, ...left].join(" ");
}

async function readContents(
  root: string,
  { form, root: top, attached, inRegistry }: BinRoot,
): Promise<RootContents> {
  const sizes = new Map<Digest, number>();
  try {
    const others = await Promise.all(attached.map((digest) => describeDocument(root, digest)));
    const has = ({ digest, size }: Descriptor): boolean => hasBlob(root, digest, size);
    const tops = [top, ...others];
    const left = blobsOf(inRegistry);
    const { present, missing, unreadable } = await contentBelow(root, tops, has, left);
    for (const [digest, { size }] of [...present, ...missing]) sizes.set(digest, size);
    const [unknown] = unreadable.values();
    const damage =
      unknown ?? [...missing.keys()].map((digest) => `blob ${digest} is missing or cut off`)[0];
    if (damage !== undefined) return { sizes, damage, ...(await readableConfig(root, form, top)) };
    if (form === "manifest") return { sizes };
    return { sizes, config: await readConfigImage(root, top.digest) };
  } catch (error) {
    if (!(error instanceof LayoutError) || error.kind !== "corrupt") throw error;
    return { sizes, damage: error.message };
  }
}

/** Of an image that cannot come back as it is: its manifest may still tell what belongs to it. */
async function readableConfig(
  root: string,
  form: BinRoot["form"],
  { digest }: Descriptor,
): Promise<Pick<RootContents, "config">> {
  if (form === "manifest") return {};
  try {
    return { config: await readConfigImage(root, digest) };
  } catch (error) {
    if (error instanceof LayoutError && error.kind === "corrupt") return {};
    throw error;
  }
}
