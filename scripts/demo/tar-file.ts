const BLOCK_BYTES = 512;

/** A POSIX ustar archive of one regular file, as a layer holds it. `modifiedAt` in seconds since the epoch. */
export function tarOfFile(name: string, content: Uint8Array, modifiedAt: number): Buffer {
  const header = Buffer.alloc(BLOCK_BYTES);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, "0")}\0`;
  header.write(name, 0, 100, "utf8");
  header.write(octal(0o644, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(content.length, 11), 124);
  header.write(octal(modifiedAt, 11), 136);
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\0", 257);
  header.write("00", 263);
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  header.write(`${checksum.toString(8).padStart(6, "0")}\0 `, 148);
  const padding = (BLOCK_BYTES - (content.length % BLOCK_BYTES)) % BLOCK_BYTES;
  // Two blocks of zeros end an archive.
  return Buffer.concat([header, content, Buffer.alloc(padding + 2 * BLOCK_BYTES)]);
}
