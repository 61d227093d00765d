/** Up to this many bytes an array is an ordinary one. */
const SMALL_BYTES = 2 ** 16;

/*
 * Arrays of numbers for inventories of any size. V8 collects the whole heap when ordinary typed arrays have come to more
 * than 64 MB since it did so last: with a million images that took a third of planning, and freed next to nothing. It
 * does not count shared memory. Nobody shares it here.
 */

/** All zero. */
export function int32Array(length: number): Int32Array {
  return new Int32Array(bufferOf(length * Int32Array.BYTES_PER_ELEMENT));
}

/** All zero. */
export function uint32Array(length: number): Uint32Array {
  return new Uint32Array(bufferOf(length * Uint32Array.BYTES_PER_ELEMENT));
}

/** All zero. */
export function float64Array(length: number): Float64Array {
  return new Float64Array(bufferOf(length * Float64Array.BYTES_PER_ELEMENT));
}

function bufferOf(bytes: number): ArrayBufferLike {
  return bytes > SMALL_BYTES ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
}
