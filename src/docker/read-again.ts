import { EngineError } from "./engine-error.ts";

/** Images that come and go all the time may spoil one reading, not several in a row. */
const ATTEMPTS = 3;

/** Reads anew where something that was listed was not there any more when it was looked at. */
export async function readAgainIfGone<T>(read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read();
    } catch (error) {
      const isGone = error instanceof EngineError && error.kind === "not-found";
      if (!isGone || attempt === ATTEMPTS) throw error;
    }
  }
}
