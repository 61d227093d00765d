import { createHash } from "node:crypto";
import { createZstdDecompress } from "node:zlib";

import { isDigest, type Digest } from "../oci/digest.ts";
import { isJsonObject } from "../oci/json-object.ts";
import { parseManifest } from "../oci/manifest.ts";
import { MEDIA_TYPE } from "../oci/media-type.ts";
import type { BinEntry, RecoveryBin } from "../ports/recovery-bin.ts";
import type { StoredVolume, VolumeSpec } from "../ports/volume-content.ts";

/** A volume in the bin is an OCI artifact: its description as the configuration, its tar as the one layer. */
const ARTIFACT_TYPE = "application/vnd.plimsoll.volume.v1";
const CONFIG_TYPE = "application/vnd.plimsoll.volume.config.v1+json";
const CONTENT_TYPE = "application/vnd.plimsoll.volume.content.v1.tar+zstd";

/** The content as it is known before it is compressed. */
export interface VolumeTar {
  readonly digest: Digest;
  readonly sizeBytes: number;
}

/** A document or blob, by the digest that names it. */
export interface NamedBytes {
  readonly digest: Digest;
  readonly sizeBytes: number;
}

/** What is in the bin is no volume, or not all of one. */
class VolumeArtifactError extends Error {
  override readonly name = "VolumeArtifactError";
  readonly kind = "corrupt";
}

export function volumeConfig(spec: VolumeSpec, content: VolumeTar): Buffer {
  return Buffer.from(JSON.stringify({ ...spec, content }));
}

export function volumeManifest(config: NamedBytes, content: NamedBytes): Buffer {
  const { digest, sizeBytes: size } = config;
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.manifest,
      artifactType: ARTIFACT_TYPE,
      config: { mediaType: CONFIG_TYPE, digest, size },
      layers: [{ mediaType: CONTENT_TYPE, digest: content.digest, size: content.sizeBytes }],
    }),
  );
}

export function nameBytes(bytes: Buffer): NamedBytes {
  const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  return { digest, sizeBytes: bytes.byteLength };
}

/** Reads what a volume was; its content is read when it is asked for. */
export async function openStoredVolume(bin: RecoveryBin, entry: BinEntry): Promise<StoredVolume> {
  const stored = await bin.contentOf(entry);
  const readJson = async (digest: Digest): Promise<unknown> =>
    JSON.parse((await joined(stored.open(digest))).toString("utf8"));
  if (entry.form.kind !== "manifest") throw noVolume(entry);
  const manifest = parseManifest(await readJson(entry.form.root));
  if (manifest.kind !== "manifest" || manifest.config?.mediaType !== CONFIG_TYPE)
    throw noVolume(entry);
  const [layer] = manifest.layers;
  const config = await readJson(manifest.config.digest);
  if (layer === undefined || !isJsonObject(config)) throw noVolume(entry);
  const { name, driver, options, labels, content } = config;
  const { digest, sizeBytes } = isJsonObject(content) ? content : {};
  if (typeof name !== "string" || typeof driver !== "string") throw noVolume(entry);
  if (typeof digest !== "string" || !isDigest(digest)) throw noVolume(entry);
  if (typeof sizeBytes !== "number") throw noVolume(entry);
  return {
    spec: { name, driver, options: textsIn(options), labels: textsIn(labels) },
    digest,
    sizeBytes,
    open: () => unpacked(stored.open(layer.digest), digest),
  };
}

/** One chunk behind, so that the last one is held back until the digest of all is known. */
async function* unpacked(
  packed: AsyncIterable<Uint8Array>,
  digest: Digest,
): AsyncGenerator<Uint8Array> {
  const { Readable } = await import("node:stream");
  const hash = createHash("sha256");
  const source = Readable.from(packed);
  const tar = createZstdDecompress();
  source.once("error", (error) => tar.destroy(error));
  let last: Uint8Array | undefined;
  try {
    for await (const chunk of source.pipe(tar)) {
      hash.update(chunk as Uint8Array);
      if (last !== undefined) yield last;
      last = chunk as Uint8Array;
    }
  } finally {
    source.destroy();
  }
  const found = `sha256:${hash.digest("hex")}`;
  if (found !== digest)
    throw new VolumeArtifactError(`the content of the volume has the digest ${found}`);
  if (last !== undefined) yield last;
}

function noVolume({ image: { id } }: BinEntry): VolumeArtifactError {
  return new VolumeArtifactError(
    `${id} in the recovery bin is not a volume that can be understood`,
  );
}

function textsIn(value: unknown): Readonly<Record<string, string>> {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((each): each is [string, string] => typeof each[1] === "string"),
  );
}

async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}
