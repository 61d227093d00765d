import type { Digest } from "../oci/digest.ts";
import type { RegistryClient } from "./registry-client.ts";
import { RegistryError } from "./registry-error.ts";

/** Configurations are some kilobytes, with long histories. */
const MOST_BYTES = 32 * 2 ** 20;
const MOST_MS = 120_000;

/** A blob that is a document, whole; an answer that goes on and on, or only trickles, is none. */
export async function readDocumentBlob(
  client: Pick<RegistryClient, "registry" | "getBlob">,
  repository: string,
  digest: Digest,
): Promise<Buffer> {
  const startedMs = performance.now();
  const chunks: Uint8Array[] = [];
  for await (const chunk of client.getBlob(repository, digest, MOST_BYTES)) {
    chunks.push(chunk);
    if (performance.now() - startedMs <= MOST_MS) continue;
    throw new RegistryError("timed-out", {
      registry: client.registry,
      request: `GET ${repository}@${digest}`,
      detail: `the answer goes on beyond ${MOST_MS / 1000} seconds`,
    });
  }
  return Buffer.concat(chunks);
}
