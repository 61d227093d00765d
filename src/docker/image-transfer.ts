import { formatReference, parseReference } from "../oci/reference.ts";
import type { ImageTransfer, TransferOptions, TransferProgress } from "../ports/image-transfer.ts";
import { imagePath } from "./connection/api-path.ts";
import type { EngineClient } from "./connection/engine-client.ts";
import { EngineError } from "./engine-error.ts";
import { digestInStatus } from "./engine-quirks.ts";

/** The `X-Registry-Auth` header for a registry host. */
export type RegistryAuth = (registry: string) => Promise<string>;

/** One document of a pull's or push's progress stream, as far as it is read. */
interface ProgressAnswer {
  readonly id?: string;
  readonly status?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number } | null;
  readonly aux?: { readonly Digest?: string } | null;
}

/** A name cut as the API wants it: `tag` holds the digest of a name by digest. */
export function splitReference(name: string): { repo: string; tag: string } {
  const reference = parseReference(name);
  if ("kind" in reference) throw new TypeError(`"${name}" is not a reference: ${reference.detail}`);
  const { registry, repository, tag, digest } = reference;
  return { repo: formatReference({ registry, repository }), tag: digest ?? tag ?? "latest" };
}

export class EngineImageTransfer implements ImageTransfer {
  readonly #client: EngineClient;
  readonly #registryAuth: RegistryAuth;

  constructor(client: EngineClient, registryAuth: RegistryAuth) {
    this.#client = client;
    this.#registryAuth = registryAuth;
  }

  async tag(imageId: string, reference: string): Promise<void> {
    await this.#client.request("POST", imagePath(imageId, "/tag"), {
      query: splitReference(reference),
    });
  }

  async pull(reference: string, options: TransferOptions): Promise<{ readonly digest?: string }> {
    const { repo, tag } = splitReference(reference);
    const query = { fromImage: repo, tag, platform: options.platform };
    return this.#transfer("/images/create", repo, query, options);
  }

  async push(reference: string, options: TransferOptions): Promise<{ readonly digest?: string }> {
    const { repo, tag } = splitReference(reference);
    const path = imagePath(repo, "/push");
    if (options.platform !== undefined && !this.#client.supports("1.46")) {
      const detail = `pushing one platform needs API 1.46; this engine speaks ${this.#client.apiVersion}`;
      throw new EngineError("too-old", {
        address: this.#client.address,
        request: `POST ${path}`,
        detail,
      });
    }
    // Asked to push what it does not have, an engine says so in a progress document, where nothing tells what kind of failure it is.
    await this.#client.request("GET", imagePath(reference, "/json"), { signal: options.signal });
    return this.#transfer(path, repo, { tag, platform: platformQuery(options.platform) }, options);
  }

  async #transfer(
    path: string,
    repo: string,
    query: Readonly<Record<string, string | object | undefined>>,
    { signal, onProgress }: TransferOptions,
  ): Promise<{ readonly digest?: string }> {
    const registry = repo.slice(0, repo.indexOf("/"));
    const headers = { "X-Registry-Auth": await this.#registryAuth(registry) };
    let digest: string | undefined;
    for await (const document of this.#client.stream("POST", path, { query, headers, signal })) {
      const answer = document as ProgressAnswer;
      digest = answer.aux?.Digest ?? digestInStatus(answer.status ?? "") ?? digest;
      const progress = toProgress(answer);
      if (progress !== undefined) onProgress(progress);
    }
    return digest === undefined ? {} : { digest };
  }
}

function toProgress(answer: ProgressAnswer): TransferProgress | undefined {
  if (answer.status === undefined || answer.status === "") return undefined;
  const { current, total } = answer.progressDetail ?? {};
  return {
    id: answer.id ?? "",
    status: answer.status,
    ...(current === undefined ? {} : { currentBytes: current }),
    ...(total === undefined || total <= 0 ? {} : { totalBytes: total }),
  };
}

/** Pull takes `os/arch/variant`, push the specification's object. */
function platformQuery(platform: string | undefined): object | undefined {
  if (platform === undefined) return undefined;
  const [os, architecture, variant] = platform.split("/");
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}
