import { setFlagsFromString } from "node:v8";

/**
 * Keeps the space of new objects as small as it is now. Reading a registry makes some 30 KB of short-lived objects for each
 * request and holds a few hundred bytes of it; left to itself, V8 lets that space grow to 100 MB that nobody needs. The flag
 * is read whenever V8 would let it grow; where one day it is not, more memory is all that it costs.
 */
export function keepYoungGenerationSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}
