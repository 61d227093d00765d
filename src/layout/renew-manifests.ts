import type { Descriptor } from "../oci/descriptor.ts";
import { MEDIA_TYPE } from "../oci/media-type.ts";
import { describeConfigImage, descriptorOf, type ConfigImage } from "./bin-contents.ts";
import type { BinIndex } from "./bin-index.ts";
import { findBlob } from "./blob-files.ts";
import { LayoutError } from "./layout-error.ts";
import type { RecoveryRecord } from "./recovery-records.ts";
import { writeBytes } from "./write-blob.ts";

/** An image as its manifest is to have it; undefined where that stays as it is. */
type Renewal = (record: RecoveryRecord) => Promise<ConfigImage | undefined>;

/**
 * Gives images that are known by their configurations other manifests of the bin's own. Only while the bin is held; what is
 * damaged is left alone.
 */
export async function renewManifests(
  root: string,
  index: BinIndex,
  renewal: Renewal,
): Promise<void> {
  const { records } = await index.read();
  const renewed = new Map<string, Descriptor>();
  for (const record of records) {
    const top = await renewedTop(root, record, renewal);
    if (top !== undefined) renewed.set(record.key, top);
  }
  if (renewed.size === 0) return;
  await index.change((now) =>
    now.map((record) => {
      const top = renewed.get(record.key);
      return top === undefined ? record : { ...record, root: top };
    }),
  );
}

async function renewedTop(
  root: string,
  record: RecoveryRecord,
  renewal: Renewal,
): Promise<Descriptor | undefined> {
  if (record.form !== "config") return undefined;
  try {
    const image = await renewal(record);
    if (image === undefined) return undefined;
    const config = await findBlob(root, image.config);
    if (config === undefined) return undefined;
    const document = describeConfigImage(image, config.sizeBytes, record.inRegistry);
    const { digest, sizeBytes } = await writeBytes(root, Buffer.from(JSON.stringify(document)));
    return descriptorOf(MEDIA_TYPE.manifest, digest, sizeBytes);
  } catch (error) {
    if (error instanceof LayoutError && error.kind === "corrupt") return undefined;
    throw error;
  }
}
