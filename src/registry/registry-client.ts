import { createHash } from "node:crypto";

import { isVerifiableDigest, type Digest } from "../oci/digest.ts";
import { parseManifest } from "../oci/manifest.ts";
import { MEDIA_TYPE } from "../oci/media-type.ts";
import { documentPages } from "./document-pages.ts";
import { listedNames } from "./listed-names.ts";
import { readErrors, RegistryError } from "./registry-error.ts";
import type { RegistryResponse } from "./registry-response.ts";
import type { RegistryTransport } from "./transport.ts";

/** With fewer of these a registry answers with another object than the tag means. */
const ACCEPT_MANIFESTS = [
  MEDIA_TYPE.index,
  MEDIA_TYPE.manifest,
  MEDIA_TYPE.dockerManifestList,
  MEDIA_TYPE.dockerManifest,
].join(", ");

/** Answers by which a registry says that it has no referrers API. */
const NO_REFERRERS_API = [400, 404, 405, 501];

export interface ManifestHead {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly sizeBytes: number;
}

export interface FetchedManifest extends ManifestHead {
  /** Exactly as stored: their hash is the digest. */
  readonly bytes: Buffer;
}

/** One registry by the OCI distribution protocol (distribution-spec 1.0 and 1.1). */
export class RegistryClient {
  readonly #transport: RegistryTransport;
  readonly #signal: AbortSignal;

  constructor(transport: RegistryTransport, signal: AbortSignal) {
    this.#transport = transport;
    this.#signal = signal;
  }

  get registry(): string {
    return this.#transport.registry;
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  /** Every repository, page by page, as far as the registry tells of them to this user. */
  async *repositories(scope = "registry:catalog:*"): AsyncGenerator<string> {
    yield* this.#names("/v2/_catalog?n=1000", scope, "repositories");
  }

  /** Every tag of a repository; rejects when any page fails, because a part taken for the whole would decide wrongly. */
  async *tags(repository: string): AsyncGenerator<string> {
    yield* this.#names(`/v2/${repository}/tags/list?n=1000`, pullScope(repository), "tags");
  }

  /**
   * What a tag or digest means now, by HEAD: Docker Hub does not count it as a pull. With `known` the registry is asked
   * only whether that has changed, which raises no event at all: `unchanged`. Undefined when there is none.
   */
  async headManifest(
    repository: string,
    reference: string,
    known?: Digest,
  ): Promise<ManifestHead | "unchanged" | undefined> {
    const answer = await this.#manifest("HEAD", repository, reference, known);
    await answer.discard();
    if (answer.status === 304) return "unchanged";
    if (answer.status === 404) return undefined;
    const digest = answer.header("docker-content-digest");
    if (digest === undefined || !isVerifiableDigest(digest)) {
      // The header is optional (distribution-spec, "Pulling manifests").
      const fetched = await this.getManifest(repository, reference);
      if (fetched === undefined) return undefined;
      const { bytes: _bytes, ...head } = fetched;
      return head;
    }
    return {
      digest,
      mediaType: answer.header("content-type") ?? "",
      sizeBytes: Number(answer.header("content-length") ?? 0),
    };
  }

  /** Undefined when there is none. Rejects when the content is not what a digest asked for says. */
  async getManifest(repository: string, reference: string): Promise<FetchedManifest | undefined> {
    const answer = await this.#manifest("GET", repository, reference);
    if (answer.status === 404) {
      await answer.discard();
      return undefined;
    }
    const bytes = await answer.document();
    const said = reference.includes(":") ? reference : answer.header("docker-content-digest");
    // Of a tag the header is optional, and worth nothing where it cannot be checked.
    const asked = said !== undefined && isVerifiableDigest(said) ? said : undefined;
    if (asked === undefined && said === reference) throw this.#uncheckable(repository, reference);
    const algorithm = asked?.slice(0, asked.indexOf(":")) ?? "sha256";
    const digest = `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
    if (asked !== undefined && asked !== digest)
      throw this.#badContent(repository, reference, digest);
    return {
      digest,
      mediaType: answer.header("content-type") ?? "",
      sizeBytes: bytes.byteLength,
      bytes,
    };
  }

  /**
   * What is attached to a manifest, by the referrers API (distribution-spec, "Listing Referrers"); undefined where the
   * registry has no such API. Rejects when any page fails.
   */
  async referrers(repository: string, digest: Digest): Promise<readonly Digest[] | undefined> {
    const path = `/v2/${repository}/referrers/${digest}`;
    const found: Digest[] = [];
    for await (const page of this.#pages(path, pullScope(repository), NO_REFERRERS_API)) {
      if (page === undefined) return undefined;
      const manifest = parseManifest(page);
      if (manifest.kind !== "index") throw this.#protocol(path, "the answer is no index");
      found.push(...manifest.manifests.map((each) => each.digest));
    }
    return found;
  }

  /** Bytes of a blob; undefined when the registry does not have it. */
  async headBlob(repository: string, digest: Digest): Promise<number | undefined> {
    const answer = await this.#transport.request({
      method: "HEAD",
      path: `/v2/${repository}/blobs/${digest}`,
      scope: pullScope(repository),
      allow: [404],
      signal: this.#signal,
    });
    await answer.discard();
    return answer.status === 404 ? undefined : Number(answer.header("content-length") ?? 0);
  }

  /**
   * Throws before the last bytes where the content is not what its digest says, and as soon as there is more of it than
   * `sizeBytes`.
   */
  async *getBlob(
    repository: string,
    digest: Digest,
    sizeBytes = Number.POSITIVE_INFINITY,
  ): AsyncGenerator<Uint8Array> {
    if (!isVerifiableDigest(digest)) throw this.#uncheckable(repository, digest);
    const answer = await this.#transport.request({
      method: "GET",
      path: `/v2/${repository}/blobs/${digest}`,
      scope: pullScope(repository),
      signal: this.#signal,
    });
    const hash = createHash(digest.slice(0, digest.indexOf(":")));
    let last: Uint8Array | undefined;
    let restBytes = sizeBytes;
    for await (const chunk of answer.bytes()) {
      restBytes -= chunk.byteLength;
      if (restBytes < 0)
        throw this.#badContent(repository, digest, "", `it goes on beyond ${sizeBytes} bytes`);
      hash.update(chunk);
      if (last !== undefined) yield last;
      last = chunk;
    }
    const found = hash.digest("hex");
    if (!digest.endsWith(`:${found}`)) throw this.#badContent(repository, digest, found);
    if (last !== undefined) yield last;
  }

  /**
   * Deletes a manifest with all its tags, or with a tag as reference that one tag where the registry can. `gone`: it was
   * not there any more. `actions`: what a token is asked for.
   */
  async deleteManifest(
    repository: string,
    reference: string,
    actions = "pull,delete",
  ): Promise<"deleted" | "gone"> {
    const answer = await this.#transport.request({
      method: "DELETE",
      path: `/v2/${repository}/manifests/${reference}`,
      scope: `repository:${repository}:${actions}`,
      allow: [404],
      signal: this.#signal,
    });
    const text = (await answer.document()).toString("utf8");
    if (answer.status !== 404) return "deleted";
    // A proxy's 404, or that of a registry without the repository, is no word on the manifest.
    const codes = readErrors(text).map(({ code }) => code);
    if (codes.some((code) => code === "MANIFEST_UNKNOWN" || code === "NAME_UNKNOWN")) return "gone";
    throw new RegistryError("protocol", {
      registry: this.registry,
      request: `DELETE ${repository} ${reference}`,
      status: 404,
      codes,
      detail: "it says that there is nothing, not that there is no such manifest",
    });
  }

  #manifest(
    method: "HEAD" | "GET",
    repository: string,
    reference: string,
    known?: Digest,
  ): Promise<RegistryResponse> {
    return this.#transport.request({
      method,
      path: `/v2/${repository}/manifests/${reference}`,
      scope: pullScope(repository),
      headers: {
        accept: ACCEPT_MANIFESTS,
        ...(known === undefined ? {} : { "if-none-match": `"${known}"` }),
      },
      allow: [404],
      signal: this.#signal,
    });
  }

  async *#names(
    first: string,
    scope: string,
    field: "repositories" | "tags",
  ): AsyncGenerator<string> {
    for await (const page of this.#pages(first, scope)) {
      const names = listedNames(page, field);
      if (typeof names === "string") throw this.#protocol(first, names);
      yield* names;
    }
  }

  #pages(path: string, scope: string, none: readonly number[] = []): AsyncGenerator {
    return documentPages(this.#transport, { path, scope, none, signal: this.#signal });
  }

  #uncheckable(repository: string, reference: string): RegistryError {
    return this.#badContent(repository, reference, "", "no content can be checked against that");
  }

  #badContent(
    repository: string,
    reference: string,
    found: string,
    detail = `the content has the digest ${found}`,
  ): RegistryError {
    return new RegistryError("bad-content", {
      registry: this.registry,
      request: `GET ${repository} ${reference}`,
      detail,
    });
  }

  #protocol(path: string, detail: string): RegistryError {
    return new RegistryError("protocol", {
      registry: this.registry,
      request: `GET ${path}`,
      detail,
    });
  }
}

function pullScope(repository: string): string {
  return `repository:${repository}:pull`;
}
