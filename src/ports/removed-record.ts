import type { JsonObject } from "../oci/json-object.ts";

export type RecordedKind = "container" | "network" | "image";

/**
 * What something was, before it was removed. The environment of a container may hold secrets: a record is kept where only
 * its owner can read it, and never written to a log.
 */
export interface RemovedRecord {
  readonly kind: RecordedKind;
  readonly id: string;
  /** Of a container or network; the first reference of an image, empty where it had none. */
  readonly name: string;
  /** In the target's own words (of an engine: what it answers to `inspect`). */
  readonly description: JsonObject;
}

/** Tells what something is, in as many words as making it again takes. */
export interface Describer {
  /** Undefined where it does not exist. */
  describe(kind: RecordedKind, id: string): Promise<JsonObject | undefined>;
}

/**
 * How something was made again. `made`: `details` are what is not as it was; `there`: it is, as it was recorded, and nothing
 * was done; `taken`: another one has its name, and was left alone.
 */
export type Recreation =
  | { readonly kind: "made"; readonly id: string; readonly details: readonly string[] }
  | { readonly kind: "there"; readonly id: string }
  | { readonly kind: "taken"; readonly by: string };

/** Makes containers and networks again from what was recorded of them. */
export interface Recreator {
  /** `imageId`: what its image is now, by the ID that it had. Does not start the container. */
  recreateContainer(record: RemovedRecord, imageId: (id: string) => string): Promise<Recreation>;
  recreateNetwork(record: RemovedRecord): Promise<Recreation>;
}
