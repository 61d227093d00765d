import { zstdCompressSync, zstdDecompressSync } from "node:zlib";

/** A value as it is stored in a BLOB column. */
export function pack(value: unknown): Uint8Array {
  return zstdCompressSync(JSON.stringify(value));
}

export function unpack(content: Uint8Array): unknown {
  return JSON.parse(zstdDecompressSync(content).toString());
}
