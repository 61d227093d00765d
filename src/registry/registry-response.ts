import type { Dispatcher } from "undici";

import { describeSystemError, kindOfSystemError } from "./network-error.ts";
import { RegistryError } from "./registry-error.ts";

/** Documents are small; an answer that never ends is cut off here, also one that only trickles. */
const DOCUMENT_LIMITS = { sizeBytes: 32 * 2 ** 20, timeMs: 120_000 };
const BEGINNING_TIMEOUT_MS = 30_000;

/** An answer whose body is still on its way: read it, or discard it, once. */
export class RegistryResponse {
  readonly status: number;
  readonly #answer: Dispatcher.ResponseData;
  readonly #asked: { readonly registry: string; readonly request: string };

  constructor(
    answer: Dispatcher.ResponseData,
    asked: { readonly registry: string; readonly request: string },
  ) {
    this.status = answer.statusCode;
    this.#answer = answer;
    this.#asked = asked;
  }

  header(name: string): string | undefined {
    return headerOf(this.#answer, name);
  }

  /** The whole body of a document; throws where it is longer than any document, or takes longer. */
  async document(limits = DOCUMENT_LIMITS): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    let sizeBytes = 0;
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#answer.body.destroy();
    }, limits.timeMs);
    try {
      for await (const chunk of this.bytes()) {
        chunks.push(chunk);
        sizeBytes += chunk.byteLength;
        if (sizeBytes <= limits.sizeBytes) continue;
        const detail = `the answer goes on beyond ${limits.sizeBytes} bytes`;
        throw new RegistryError("bad-content", { ...this.#asked, detail });
      }
    } catch (error) {
      if (!isLate) throw error;
    } finally {
      clearTimeout(timer);
    }
    if (!isLate) return Buffer.concat(chunks);
    const detail = `the answer goes on beyond ${limits.timeMs / 1000} s`;
    throw new RegistryError("timed-out", { ...this.#asked, detail });
  }

  /** Leaving the loop early closes the connection. */
  async *bytes(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of this.#answer.body) yield chunk as Uint8Array;
    } catch (error) {
      throw new RegistryError(kindOfSystemError(error, undefined), {
        ...this.#asked,
        detail: describeSystemError(error),
        cause: error,
      });
    }
  }

  /** Leaves the rest of the body. */
  async discard(): Promise<void> {
    await this.#answer.body.dump();
  }
}

export function headerOf({ headers }: Dispatcher.ResponseData, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

/** The first bytes of a body as text; the rest is not waited for. Empty where it does not arrive. */
export async function readBeginning(
  body: Dispatcher.ResponseData["body"],
  mostBytes: number,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  const timer = setTimeout(() => body.destroy(), BEGINNING_TIMEOUT_MS);
  try {
    for await (const chunk of body) {
      chunks.push(chunk as Uint8Array);
      sizeBytes += (chunk as Uint8Array).byteLength;
      if (sizeBytes >= mostBytes) break;
    }
  } catch {
    // What has arrived is told all the same: whoever reads it knows the status.
  } finally {
    clearTimeout(timer);
  }
  return Buffer.concat(chunks).subarray(0, mostBytes).toString("utf8");
}
