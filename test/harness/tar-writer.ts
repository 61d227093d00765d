/** POSIX ustar, as pax(1) describes it; the few kinds of entry that images and build contexts need. */
export type TarEntry =
  | { kind: "file"; name: string; content: Buffer; mode?: number }
  | { kind: "directory"; name: string; mode?: number }
  | { kind: "symlink"; name: string; target: string };

const BLOCK = 512;
const TYPE_FLAG = { file: "0", symlink: "2", directory: "5" } as const;

export function tarArchive(entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(tarEntry), tarEnd()]);
}

/** Header, content and padding of one entry. */
export function tarEntry(entry: TarEntry): Buffer[] {
  const content = entry.kind === "file" ? entry.content : Buffer.alloc(0);
  const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
  return [header(entry, content.length), content, padding];
}

/** An archive ends with two empty blocks. */
export function tarEnd(): Buffer {
  return Buffer.alloc(2 * BLOCK);
}

function header(entry: TarEntry, sizeBytes: number): Buffer {
  if (Buffer.byteLength(entry.name) > 100)
    throw new Error(`name too long for ustar: ${entry.name}`);
  const block = Buffer.alloc(BLOCK);
  const mode =
    entry.kind === "symlink" ? 0o777 : (entry.mode ?? (entry.kind === "file" ? 0o644 : 0o755));
  block.write(entry.name, 0);
  writeOctal(block, mode, 100, 8);
  writeOctal(block, 0, 108, 8); // uid
  writeOctal(block, 0, 116, 8); // gid
  writeOctal(block, sizeBytes, 124, 12);
  writeOctal(block, 0, 136, 12); // mtime: the epoch, so that equal content gives equal layers
  block.write(TYPE_FLAG[entry.kind], 156);
  if (entry.kind === "symlink") block.write(entry.target, 157);
  block.write("ustar\x0000", 257, "latin1");
  // The checksum is taken with its own field filled with spaces.
  block.fill(" ", 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

function writeOctal(block: Buffer, value: number, offset: number, width: number): void {
  block.write(value.toString(8).padStart(width - 1, "0"), offset, "latin1");
}
