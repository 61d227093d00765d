import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below what the kernel gives to connections that go out: of them there are many, and one may have any such port. */
const LOWEST = 10_240;
const HIGHEST = 32_767;
const TRIES = 50;

/** A loopback port that was free a moment ago. */
export async function freeLoopbackPort(): Promise<number> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free loopback port between ${LOWEST} and ${HIGHEST}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
