import type { Image } from "../../inventory/image.ts";
import { isDigest, type Digest } from "../../oci/digest.ts";
import type { FactsCache } from "../../ports/facts-cache.ts";
import type { SavePreview } from "../../ports/save-preview.ts";
import type { EngineClient } from "../connection/engine-client.ts";
import { lookBeforeSave, previewOf, type InspectAnswer } from "./preview-save.ts";
import type { EngineTraits } from "../read-engine.ts";
import { readsStoredLayers, StoredLayers } from "./stored-layers.ts";

/** Raised whenever the form below changes. */
const FORM = 1;
const KEY = "layers of images";
/** So many images are remembered, those that were asked about last. */
const MOST_IMAGES = 5_000;

type PreviewTraits = Pick<EngineTraits, "engine" | "driver" | "architecture" | "scope" | "isLocal">;

interface Packed {
  readonly form: number;
  readonly diffIds: readonly Digest[];
  /** With positions in `diffIds`, bottom layer first. */
  readonly images: readonly (readonly [Digest, readonly number[]])[];
}

/**
 * What keeping images would meet with. The layers of an image never change for an ID: the engine is asked about each image
 * once. Not where an ID may stand for several platforms (containerd store), whose content comes and goes: there it is asked
 * about those images only that were not seen to have this machine's.
 */
export class RememberedPreviews {
  readonly #client: Pick<EngineClient, "getJson">;
  readonly #cache: FactsCache;
  readonly #traits: PreviewTraits;
  readonly #layers = new Map<Digest, readonly Digest[]>();
  #changed = false;

  constructor(client: Pick<EngineClient, "getJson">, cache: FactsCache, traits: PreviewTraits) {
    this.#client = client;
    this.#cache = cache;
    this.#traits = traits;
    const text = cache.read(traits.scope, [KEY]).get(KEY);
    const packed = text === undefined ? undefined : (JSON.parse(text) as Packed);
    if (packed?.form !== FORM) return;
    for (const [id, positions] of packed.images)
      this.#layers.set(
        id,
        positions.map((position) => packed.diffIds[position] ?? ""),
      );
  }

  async preview(
    { id, platforms }: Pick<Image, "id" | "platforms">,
    signal: AbortSignal,
  ): Promise<SavePreview> {
    if (this.#isForHere(platforms)) return {};
    const known = this.#layers.get(id);
    if (known !== undefined) return this.#previewOf(id, { RootFS: { Layers: known } });
    const answer = await lookBeforeSave(this.#client, id, signal);
    if ("preview" in answer) return answer.preview;
    this.#remember(id, answer.inspected);
    return this.#previewOf(id, answer.inspected);
  }

  /** The reader of a containerd store has seen that this machine's content is there: the engine is not asked once more. */
  #isForHere(platforms: readonly string[]): boolean {
    const { engine, architecture } = this.#traits;
    return (
      engine.imageStore === "containerd" &&
      platforms.some((platform) => platform.split("/")[1] === architecture)
    );
  }

  /** Writes down what is new. */
  save(): void {
    if (!this.#changed) return;
    const images = [...this.#layers].slice(-MOST_IMAGES);
    const diffIds = [...new Set(images.flatMap(([, layers]) => layers))];
    const positions = new Map(diffIds.map((diffId, position) => [diffId, position]));
    const packed: Packed = {
      form: FORM,
      diffIds,
      images: images.map(([id, layers]) => [
        id,
        layers.map((diffId) => positions.get(diffId) ?? 0),
      ]),
    };
    this.#cache.write(this.#traits.scope, new Map([[KEY, JSON.stringify(packed)]]));
    this.#changed = false;
  }

  /** What can be read from the data root is looked at each time: that may change. */
  #previewOf(id: Digest, answer: InspectAnswer): SavePreview {
    return previewOf(
      answer,
      this.#traits,
      (diffIds) =>
        readsStoredLayers(this.#traits) &&
        new StoredLayers(this.#traits.engine.rootDir).hasAll(id, diffIds),
    );
  }

  #remember(id: Digest, { RootFS }: InspectAnswer): void {
    if (this.#traits.engine.imageStore === "containerd") return;
    this.#layers.set(
      id,
      (RootFS?.Layers ?? []).filter((layer): layer is Digest => isDigest(layer)),
    );
    this.#changed = true;
  }
}
