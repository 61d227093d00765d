/** Progress of a pull or push, one layer or step at a time. */
export interface TransferProgress {
  /** Layer ID (short), or empty for messages about the whole. */
  readonly id: string;
  readonly status: string;
  readonly currentBytes?: number;
  readonly totalBytes?: number;
}

export interface TransferOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TransferProgress) => void;
  /** `os/arch[/variant]`. */
  readonly platform?: string;
}

/** Gives names to images and moves them to and from registries. References are normalised. */
export interface ImageTransfer {
  tag(imageId: string, reference: string): Promise<void>;
  /** The digest that the registry gave, where it was told. */
  pull(reference: string, options: TransferOptions): Promise<{ readonly digest?: string }>;
  push(reference: string, options: TransferOptions): Promise<{ readonly digest?: string }>;
}
