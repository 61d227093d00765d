import type { Digest } from "../oci/digest.ts";
import { RegistryClient } from "./registry-client.ts";
import { RegistryError } from "./registry-error.ts";
import type { RegistryTransport } from "./transport.ts";
import { BlobUploader, pushScope, type PushedBlob } from "./upload-blob.ts";

export interface PushedDocument {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

/** Looks that are worth taking before a blob that is listed counts as one that cannot be read. */
const LOOKS = 3;

/** Pushes content by the protocol (distribution-spec, "Push"), and looks whether content is really there. */
export class ContentPusher {
  readonly #transport: RegistryTransport;
  readonly #client: RegistryClient;
  readonly #uploader: BlobUploader;
  readonly #signal: AbortSignal;

  constructor(transport: RegistryTransport, signal: AbortSignal) {
    this.#transport = transport;
    this.#client = new RegistryClient(transport, signal);
    this.#signal = signal;
    this.#uploader = new BlobUploader(transport, signal, (...asked) => this.holdsBlob(...asked));
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
  mountBlob(repository: string, digest: Digest, from: string): Promise<boolean> {
    return this.#uploader.mount(repository, digest, from);
  }

  uploadBlob(repository: string, blob: PushedBlob): Promise<void> {
    return this.#uploader.upload(repository, blob);
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

  #protocol(request: string, detail: string): RegistryError {
    return new RegistryError("protocol", { registry: this.#client.registry, request, detail });
  }
}
