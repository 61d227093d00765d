import { isDigest, type Digest } from "../oci/digest.ts";
import type { FactsCache } from "../ports/facts-cache.ts";
import type { SavePreview } from "../ports/save-preview.ts";
import type { EngineClient } from "./engine-client.ts";
import { lookBeforeSave, previewOf, type InspectAnswer } from "./preview-save.ts";
import type { EngineTraits } from "./read-engine.ts";

/** Raised whenever the form below changes. */
const FORM = 1;
const KEY = "layers of images";
/** So many images are remembered, those that were asked about last. */
const MOST_IMAGES = 5_000;

interface Packed {
  readonly form: number;
  readonly diffIds: readonly Digest[];
  /** With positions in `diffIds`, bottom layer first. */
  readonly images: readonly (readonly [Digest, readonly number[]])[];
}

/**
 * What keeping images would meet with. The layers of an image never change for an ID: the engine is asked about each image
 * once. Not where an ID may stand for several platforms (containerd store), whose content comes and goes.
 */
export class RememberedPreviews {
  readonly #client: Pick<EngineClient, "getJson">;
  readonly #cache: FactsCache;
  readonly #traits: Pick<EngineTraits, "engine" | "architecture" | "scope">;
  readonly #layers = new Map<Digest, readonly Digest[]>();
  #changed = false;

  constructor(
    client: Pick<EngineClient, "getJson">,
    cache: FactsCache,
    traits: Pick<EngineTraits, "engine" | "architecture" | "scope">,
  ) {
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

  async preview(id: Digest, signal: AbortSignal): Promise<SavePreview> {
    const known = this.#layers.get(id);
    if (known !== undefined) return previewOf({ RootFS: { Layers: known } }, this.#traits);
    const answer = await lookBeforeSave(this.#client, id, signal);
    if ("preview" in answer) return answer.preview;
    this.#remember(id, answer.inspected);
    return previewOf(answer.inspected, this.#traits);
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

  #remember(id: Digest, { RootFS }: InspectAnswer): void {
    if (this.#traits.engine.imageStore === "containerd") return;
    this.#layers.set(
      id,
      (RootFS?.Layers ?? []).filter((layer): layer is Digest => isDigest(layer)),
    );
    this.#changed = true;
  }
}
