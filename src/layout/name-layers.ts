import { parseManifest } from "../oci/manifest.ts";
import { MEDIA_TYPE } from "../oci/media-type.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import {
  describeConfigImage,
  descriptorOf,
  namedDiffIds,
  readConfigImage,
} from "./bin-contents.ts";
import type { BinIndex } from "./bin-index.ts";
import { findBlob, readDocument } from "./blob-files.ts";
import { LayoutError } from "./layout-error.ts";
import type { RecoveryRecord } from "./recovery-records.ts";
import { writeBytes } from "./write-blob.ts";

/**
 * Gives images whose layers are known from their configurations alone, as earlier versions left them, manifests that name
 * them: configurations are about to be closed to whoever has no identity.
 */
export async function nameLayers(root: string, index: BinIndex): Promise<void> {
  const { records } = await index.read();
  const renamed = new Map<string, Descriptor>();
  for (const record of records) {
    const top = await withNamedLayers(root, record);
    if (top !== undefined) renamed.set(record.key, top);
  }
  if (renamed.size === 0) return;
  await index.change((now) =>
    now.map((record) => {
      const top = renamed.get(record.key);
      return top === undefined ? record : { ...record, root: top };
    }),
  );
}

/** Undefined where they are named, or cannot be: what is damaged is not encrypted either. */
async function withNamedLayers(
  root: string,
  { form, root: top, inRegistry }: RecoveryRecord,
): Promise<Descriptor | undefined> {
  if (form !== "config") return undefined;
  const document = await readDocument(root, top.digest);
  const manifest = document.kind === "read" ? parseManifest(document.value) : undefined;
  if (manifest?.kind !== "manifest" || namedDiffIds(manifest) !== undefined) return undefined;
  try {
    const image = await readConfigImage(root, top.digest);
    const config = await findBlob(root, image.config);
    if (config === undefined) return undefined;
    const named = describeConfigImage(image, config.sizeBytes, inRegistry);
    const { digest, sizeBytes } = await writeBytes(root, Buffer.from(JSON.stringify(named)));
    return descriptorOf(MEDIA_TYPE.manifest, digest, sizeBytes);
  } catch (error) {
    if (error instanceof LayoutError && error.kind === "corrupt") return undefined;
    throw error;
  }
}
