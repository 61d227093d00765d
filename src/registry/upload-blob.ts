import { setTimeout as sleep } from "node:timers/promises";

import type { Digest } from "../oci/digest.ts";
import { RegistryError, type RegistryErrorKind } from "./registry-error.ts";
import type { RegistryResponse } from "./registry-response.ts";
import { delayBefore, MOST_ATTEMPTS } from "./retry-delay.ts";
import type { RegistryTransport } from "./transport.ts";

export interface PushedBlob {
  readonly digest: Digest;
  readonly sizeBytes: number;
  /** From the first byte on, each time that it is called. */
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** Answers by which a registry says that it does not mount, or does not have what to mount. */
const NO_MOUNT = [400, 404, 405];
const DENIED: ReadonlySet<RegistryErrorKind> = new Set(["unauthorized", "forbidden"]);

/** What a token is asked for to push into a repository. */
export function pushScope(repository: string): string {
  return `repository:${repository}:pull,push`;
}

/** Brings blobs into a registry (distribution-spec, "Pushing blobs"). */
export class BlobUploader {
  readonly #transport: RegistryTransport;
  readonly #holds: (repository: string, digest: Digest) => Promise<boolean>;
  readonly #signal: AbortSignal;

  constructor(
    transport: RegistryTransport,
    signal: AbortSignal,
    holds: (repository: string, digest: Digest) => Promise<boolean>,
  ) {
    this.#transport = transport;
    this.#holds = holds;
    this.#signal = signal;
  }

  /** Has the registry take the blob from another of its repositories; false where it does not. */
  async mount(repository: string, digest: Digest, from: string): Promise<boolean> {
    const query = new URLSearchParams({ mount: digest, from });
    const answer = await unlessDenied(
      this.#transport.request({
        method: "POST",
        path: `/v2/${repository}/blobs/uploads/?${query.toString()}`,
        scope: `${pushScope(repository)} repository:${from}:pull`,
        allow: NO_MOUNT,
        signal: this.#signal,
      }),
    );
    await answer?.discard();
    // It has begun an upload in its place.
    const location = answer?.header("location");
    if (answer?.status === 202 && location !== undefined) await this.#giveUp(repository, location);
    return answer?.status === 201;
  }

  /** An upload that is left alone the registry throws away by itself, some days later. */
  async #giveUp(repository: string, location: string): Promise<void> {
    const answer = await unlessDenied(
      this.#transport.request({
        method: "DELETE",
        path: this.#placeOf(location),
        scope: `repository:${repository}:pull,push,delete`,
        allow: NO_MOUNT,
        signal: this.#signal,
      }),
    );
    await answer?.discard();
  }

  /** Uploads a blob of known size in one piece; from its beginning again where that fails on the way. */
  async upload(repository: string, blob: PushedBlob): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const place = await this.#beginUpload(repository);
      const source = watched(blob.open());
      try {
        return await this.#send(repository, place, blob, source.chunks);
      } catch (error) {
        // What the source throws is no failure of the connection.
        if (source.failure !== undefined) throw source.failure;
        if (!(error instanceof RegistryError) || !isWorthAnother(error)) throw error;
        const delayMs = delayBefore(attempt, error.retryAfterSeconds, Math.random);
        if (attempt >= MOST_ATTEMPTS || delayMs === undefined) throw error;
        await sleep(delayMs, undefined, { signal: this.#signal });
      }
      // The answer alone may have been lost.
      if (await this.#holds(repository, blob.digest)) return;
    }
  }

  /** Where the content is to be sent to. */
  async #beginUpload(repository: string): Promise<string> {
    const begun = await this.#transport.request({
      method: "POST",
      path: `/v2/${repository}/blobs/uploads/`,
      scope: pushScope(repository),
      signal: this.#signal,
    });
    await begun.discard();
    const location = begun.header("location");
    if (location !== undefined) return this.#placeOf(location);
    throw new RegistryError("protocol", {
      registry: this.#transport.registry,
      request: `POST ${repository}`,
      detail: "it does not say where to upload to",
    });
  }

  async #send(
    repository: string,
    place: string,
    { digest, sizeBytes }: PushedBlob,
    body: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const answer = await this.#transport.request({
      method: "PUT",
      path: withQuery(place, { digest }),
      scope: pushScope(repository),
      headers: {
        "content-type": "application/octet-stream",
        "content-length": String(sizeBytes),
      },
      body,
      signal: this.#signal,
    });
    await answer.discard();
  }

  /** A registry behind a proxy that ends TLS may think that it is spoken to without: what counts is the host. */
  #placeOf(location: string): string {
    if (!URL.canParse(location)) return location;
    const { host, pathname, search } = new URL(location);
    return host === this.#transport.registry ? pathname + search : location;
  }
}

/** Whoever may not do it does without. */
async function unlessDenied(
  asked: Promise<RegistryResponse>,
): Promise<RegistryResponse | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof RegistryError) || !DENIED.has(error.kind)) throw error;
    return undefined;
  }
}

/** A token that has ended, and an upload that the registry has forgotten, are begun anew with the next attempt. */
function isWorthAnother(error: RegistryError): boolean {
  return (
    error.retryable ||
    error.kind === "unauthorized" ||
    error.codes.includes("BLOB_UPLOAD_UNKNOWN") ||
    error.codes.includes("BLOB_UPLOAD_INVALID")
  );
}

/** The path as it was given, whose own query must not be written in another way. */
function withQuery(path: string, query: Readonly<Record<string, string>>): string {
  return `${path}${path.includes("?") ? "&" : "?"}${new URLSearchParams(query).toString()}`;
}

interface Watched {
  readonly chunks: AsyncIterable<Uint8Array>;
  failure: Error | undefined;
}

function watched(chunks: AsyncIterable<Uint8Array>): Watched {
  const source: Watched = { chunks: pass(), failure: undefined };
  async function* pass(): AsyncGenerator<Uint8Array> {
    try {
      yield* chunks;
    } catch (error) {
      source.failure = error instanceof Error ? error : new Error(String(error));
      throw error;
    }
  }
  return source;
}
