import type { Digest } from "../../oci/digest.ts";
import { formatReference, parseBareReference } from "../../oci/reference.ts";
import { DANGLING_RECORD, timeOf, type ImageRecord } from "./containerd-records.ts";
import { normaliseNames, type ImageNames } from "../read-names.ts";
import { latest } from "../read-time.ts";

/** An image that Docker lists: all records of one digest. */
export interface RecordedImage extends ImageNames {
  readonly id: Digest;
  /** When one of its names was last given or pulled. */
  readonly taggedAt?: string;
  /** Of the classic builder. */
  readonly parent?: Digest;
  /** Names of records that are no references: what they are for is not known. */
  readonly foreignNames: readonly string[];
}

const PARENT_LABEL = "org.mobyproject.image.parent";

/** As Docker's list has them; each named image has a `repository@digest` for each repository of its names. */
export function groupRecords(records: readonly ImageRecord[]): readonly RecordedImage[] {
  const groups = Map.groupBy(records, (record) => record.target.digest);
  return [...groups].map(([id, group]) => {
    const names: string[] = [];
    const foreignNames: string[] = [];
    for (const { name } of group) {
      if (name.startsWith(DANGLING_RECORD)) continue;
      const reference = parseBareReference(name);
      if ("kind" in reference) {
        foreignNames.push(name);
        continue;
      }
      names.push(name);
      const { tag: _tag, ...untagged } = reference;
      names.push(formatReference({ ...untagged, digest: id }));
    }
    const taggedAt = latest(
      ...group.map((record) => timeOf(record.updatedAt) ?? timeOf(record.createdAt)),
    );
    const parent = group
      .map((record) => record.labels[PARENT_LABEL])
      .find((label) => label !== undefined);
    return {
      id,
      ...normaliseNames(names, []),
      ...(taggedAt === undefined ? {} : { taggedAt }),
      ...(parent === undefined ? {} : { parent }),
      foreignNames,
    };
  });
}
