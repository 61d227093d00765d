import type { Dispatcher } from "undici";

import { kindOfSystemError } from "./network-error.ts";
import { RegistryError } from "./registry-error.ts";

/** Documents are small; an answer that never ends is cut off here. */
const MAX_TEXT_BYTES = 32 * 2 ** 20;

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

  /** The whole body of a document; throws where it is longer than any document. */
  async document(): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    let sizeBytes = 0;
    for await (const chunk of this.bytes()) {
      chunks.push(chunk);
      sizeBytes += chunk.byteLength;
      if (sizeBytes <= MAX_TEXT_BYTES) continue;
      const detail = `the answer goes on beyond ${MAX_TEXT_BYTES} bytes`;
      throw new RegistryError("bad-content", { ...this.#asked, detail });
    }
    return Buffer.concat(chunks);
  }

  /** Leaving the loop early closes the connection. */
  async *bytes(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of this.#answer.body) yield chunk as Uint8Array;
    } catch (error) {
      throw new RegistryError(kindOfSystemError(error, undefined), {
        ...this.#asked,
        detail: error instanceof Error ? error.message : String(error),
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
