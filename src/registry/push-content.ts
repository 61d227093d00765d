import { setTimeout as sleep } from "node:timers/promises";

import type { Digest } from "../oci/digest.ts";
import { RegistryClient } from "./registry-client.ts";
import { RegistryError } from "./registry-error.ts";
import { delayBefore, MOST_ATTEMPTS } from "./retry-delay.ts";
import type { RegistryTransport } from "./transport.ts";

export interface PushedDocument {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

export interface PushedBlob {
  readonly digest: Digest;
  readonly sizeBytes: number;
  /** From the first byte on, each time that it is called. */
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** Looks that are worth taking before a blob that is listed counts as one that cannot be read. */
const LOOKS = 3;

/** Pushes content by the protocol (distribution-spec, "Push"), and looks whether it is there. */
export class ContentPusher {
  readonly #transport: RegistryTransport;
  readonly #client: RegistryClient;
  readonly #signal: AbortSignal;

  constructor(transport: RegistryTransport, signal: AbortSignal) {
    this.#transport = transport;
    this.#client = new RegistryClient(transport, signal);
    this.#signal = signal;
  }

  /**
   * Whether a blob can be had, by its first byte: distribution answers HEAD from memory for blobs that its collection has
   * taken since it was started, and takes manifests that need them.
   */
  async holdsBlob(repository: string, digest: Digest): Promise<boolean> {
    const sizeBytes = await this.#client.headBlob(repository, digest);
    if (sizeBytes === undefined) return false;
    if (sizeBytes === 0) return true;
    for (let look = 1; look <= LOOKS; look += 1) {
      try {
        return await this.#hasFirstByte(repository, digest);
      } catch (error) {
        if (!(error instanceof RegistryError) || !error.retryable) throw error;
      }
    }
    return false;
  }

  async #hasFirstByte(repository: string, digest: Digest): Promise<boolean> {
    const answer = await this.#transport.request({
      method: "GET",
      path: `/v2/${repository}/blobs/${digest}`,
      scope: `repository:${repository}:pull`,
      headers: { range: "bytes=0-0" },
      allow: [404],
      signal: this.#signal,
    });
    if (answer.status === 404) {
      await answer.discard();
      return false;
    }
    // One that takes no ranges sends all of it: leaving the loop ends that.
    for await (const chunk of answer.bytes()) if (chunk.byteLength > 0) return true;
    return false;
  }

  /** Has the registry take the blob from another of its repositories; false where it does not. */
  async mountBlob(repository: string, digest: Digest, from: string): Promise<boolean> {
    const query = new URLSearchParams({ mount: digest, from });
    const answer = await this.#transport.request({
      method: "POST",
      path: `/v2/${repository}/blobs/uploads/?${query.toString()}`,
      scope: `${pushScope(repository)} repository:${from}:pull`,
      // Whoever may not look there has to upload.
      allow: [400, 401, 403, 404, 405],
      signal: this.#signal,
    });
    await answer.discard();
    if (answer.status === 201) return true;
    // It has begun an upload in its place.
    const location = answer.header("location");
    if (answer.status === 202 && location !== undefined) await this.#cancel(repository, location);
    return false;
  }

  /** Uploads a blob of known size in one piece; from its beginning again where that fails on the way. */
  async uploadBlob(repository: string, blob: PushedBlob): Promise<void> {
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
      if (await this.holdsBlob(repository, blob.digest)) return;
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
    throw this.#protocol(`POST ${repository}`, "it does not say where to upload to");
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

  /**
   * Pushes a manifest under its digest or a tag, and looks whether the registry has it then. Answers whether the registry
   * says that it lists it with its subject.
   */
  async putManifest(
    repository: string,
    reference: string,
    { digest, mediaType, bytes }: PushedDocument,
  ): Promise<boolean> {
    const answer = await this.#transport.request({
      method: "PUT",
      path: `/v2/${repository}/manifests/${reference}`,
      scope: pushScope(repository),
      headers: { "content-type": mediaType },
      body: bytes,
      signal: this.#signal,
    });
    await answer.discard();
    const head = await this.#client.headManifest(repository, reference);
    if (head !== undefined && head !== "unchanged" && head.digest === digest)
      return answer.header("oci-subject") !== undefined;
    const detail =
      head === undefined || head === "unchanged"
        ? "it took the manifest and does not have it, as a registry does that was not restarted after its garbage collection: restart it and try again"
        : `it took ${digest} and has ${head.digest}`;
    throw this.#protocol(`PUT ${repository} ${reference}`, detail);
  }

  async #cancel(repository: string, location: string): Promise<void> {
    const answer = await this.#transport.request({
      method: "DELETE",
      path: this.#placeOf(location),
      scope: pushScope(repository),
      allow: [400, 401, 403, 404, 405],
      signal: this.#signal,
    });
    await answer.discard();
  }

  /** A registry behind a proxy that ends TLS may think that it is spoken to without: what counts is the host. */
  #placeOf(location: string): string {
    if (!URL.canParse(location)) return location;
    const { host, pathname, search } = new URL(location);
    return host === this.#client.registry ? pathname + search : location;
  }

  #protocol(request: string, detail: string): RegistryError {
    return new RegistryError("protocol", { registry: this.#client.registry, request, detail });
  }
}

function pushScope(repository: string): string {
  return `repository:${repository}:pull,push`;
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
  failure: unknown;
}

function watched(chunks: AsyncIterable<Uint8Array>): Watched {
  const source: Watched = { chunks: pass(), failure: undefined };
  async function* pass(): AsyncGenerator<Uint8Array> {
    try {
      yield* chunks;
    } catch (error) {
      source.failure = error;
      throw error;
    }
  }
  return source;
}
