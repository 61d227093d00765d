/** What it takes to make a volume again. Its options may hold secrets (the password of a share). */
export interface VolumeSpec {
  readonly name: string;
  readonly driver: string;
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** What keeping a volume would meet with. */
export interface VolumePreview {
  /** Bytes of its files as they state them; absent where nobody can tell. */
  readonly sizeBytes?: number;
  /** Why its content cannot be read whole, in words. */
  readonly obstacle?: string;
}

/** A volume as it was put by. */
export interface StoredVolume {
  readonly spec: VolumeSpec;
  /** Of the tar. */
  readonly digest: string;
  readonly sizeBytes: number;
  /** The tar; throws before the last bytes where it is not what the digest says. */
  open(): AsyncIterable<Uint8Array>;
}

/**
 * How a volume came back. `made`: `details` are what is not as it was; `there`: it is there with the same content, and
 * nothing was done; `taken`: something else has the name, and was left alone.
 */
export type VolumeRestored =
  | { readonly kind: "made"; readonly details: readonly string[] }
  | { readonly kind: "there" }
  | { readonly kind: "taken"; readonly by: string };

/** Reads volumes that nothing uses as tars, and makes them again. */
export interface VolumeContent {
  preview(
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, VolumePreview>>;
  /** Undefined where there is none. */
  describe(name: string): Promise<VolumeSpec | undefined>;
  /**
   * The volume as a tar whose names begin with `volume/`. Throws where it does not hold `sizeBytes`: a file that cannot be
   * read is left out by engines without a word.
   */
  read(name: string, sizeBytes: number, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Fills an empty volume only. What was begun of it is removed again where it fails. */
  restore(stored: StoredVolume, signal: AbortSignal): Promise<VolumeRestored>;
  /** Removes what a process that died has left behind. Only under the target's lease. */
  removeLeftovers(): Promise<void>;
  /** Removes what was made for reading and filling. */
  close(): Promise<void>;
}
