import { pipeline } from "node:stream/promises";

import { writeFile } from "./text-files.ts";

/** As `docker save` makes them: images and volumes hold secrets. */
const FOR_OWNER = 0o600;

/** `-` is standard output, which waits for its reader; a file is replaced at once, or not at all. */
export async function writeBytes(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  if (path === "-") await pipeline(chunks, process.stdout, { end: false });
  else await writeFile(path, chunks, FOR_OWNER);
}
