import { open } from "node:fs/promises";

import { READ_NO_LINK } from "./open-flags.ts";

export const CHUNK_BYTES = 256 * 1024;

/** Reads a file from a place on, in pieces. Rejects with Node's own error. */
export async function* readFileFrom(path: string, startBytes = 0): AsyncGenerator<Uint8Array> {
  const file = await open(path, READ_NO_LINK);
  try {
    for (let position = startBytes; ;) {
      const { buffer, bytesRead } = await file.read(
        Buffer.allocUnsafe(CHUNK_BYTES),
        0,
        CHUNK_BYTES,
        position,
      );
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
