import type { Digest } from "../oci/digest.ts";

/** What became of the content of a bin that was to be encrypted, or decrypted. */
export interface BinConversion {
  /** Blobs that have changed their form; others had it. */
  readonly converted: number;
  /** Blobs that are not what their name says, and stay in the form that they have. */
  readonly damaged: readonly { readonly digest: Digest; readonly detail: string }[];
}

interface ConversionProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface ConversionOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ConversionProgress) => void;
}

/** Who can read what is in a bin: everybody who can read its files, or those who have an identity that it is encrypted to. */
export interface BinEncryption {
  /** That new content is encrypted to; none where it is not. */
  recipients(): Promise<readonly string[]>;
  /** Some of what is there is not encrypted to them: encrypting was interrupted, or something is damaged. */
  isUnfinished(): Promise<boolean>;
  /** Blobs that are encrypted now: all of them but for what was interrupted on the way. */
  encryptedBlobs(): Promise<number>;
  /** The file with the identities that open it; read when something has to be opened. */
  useIdentity(file: string): void;
  readonly hasIdentity: boolean;
  /** Encrypts what is there and, from now on, what comes. What was interrupted goes on where it ended. */
  encrypt(recipients: readonly string[], options: ConversionOptions): Promise<BinConversion>;
  /** The reverse. Rejects, and changes nothing, where something is closed to the identity. */
  decrypt(options: ConversionOptions): Promise<BinConversion>;
}
