import { createCipheriv, createHash } from "node:crypto";
import { existsSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { MEDIA_TYPE } from "../../src/oci/media-type.ts";
import { tarOfFile } from "./tar-file.ts";

/** A descriptor as documents have it. */
export interface BlobDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: {
    readonly os: string;
    readonly architecture: string;
    readonly variant?: string;
  };
}

/** A compressed layer in the layout. */
export interface WrittenLayer {
  readonly descriptor: BlobDescriptor;
  readonly diffId: string;
  readonly createdBy: string;
}

export interface ImageContent {
  readonly layers: readonly WrittenLayer[];
  readonly createdAt?: Date;
  readonly architecture?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * Writes an OCI image layout with real content: layers are gzipped archives of incompressible bytes that follow from a
 * seed, so that what has the same seed is shared and what has another is not.
 */
export class LayoutWriter {
  readonly directory: string;
  readonly entries: BlobDescriptor[] = [];

  constructor(directory: string) {
    this.directory = directory;
    mkdirSync(join(directory, "blobs", "sha256"), { recursive: true });
    writeFileSync(join(directory, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
    this.save();
  }

  pathOf(digest: string): string {
    return join(this.directory, "blobs", ...digest.split(":"));
  }

  /** Writes a blob as of `writtenAt`; one that is there keeps its time, as it would with any other tool. */
  blob(content: Uint8Array, mediaType: string, writtenAt: Date): BlobDescriptor {
    const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
    const path = this.pathOf(digest);
    if (!existsSync(path)) {
      writeFileSync(path, content);
      utimesSync(path, writtenAt, writtenAt);
    }
    return { mediaType, digest, size: content.length };
  }

  document(value: object, mediaType: string, writtenAt: Date): BlobDescriptor {
    return this.blob(Buffer.from(JSON.stringify(value)), mediaType, writtenAt);
  }

  layer(seed: string, bytes: number, writtenAt: Date): WrittenLayer {
    const seconds = Math.floor(writtenAt.getTime() / 1000);
    const archive = tarOfFile(`srv/${seed}`, bytesOfSeed(seed, bytes), seconds);
    const diffId = `sha256:${createHash("sha256").update(archive).digest("hex")}`;
    const descriptor = this.blob(gzipSync(archive, { level: 1 }), MEDIA_TYPE.layerGzip, writtenAt);
    return { descriptor, diffId, createdBy: `COPY ${seed} /srv/ # buildkit` };
  }

  /** Writes configuration and manifest; nothing names them until an index or `add` does. */
  image(
    { layers, createdAt, architecture = "amd64", labels }: ImageContent,
    writtenAt: Date,
  ): BlobDescriptor {
    const created = createdAt === undefined ? {} : { created: createdAt.toISOString() };
    const config = {
      ...created,
      os: "linux",
      architecture,
      config: { Cmd: ["/srv/run"], ...(labels === undefined ? {} : { Labels: labels }) },
      rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
      history: [
        ...layers.map(({ createdBy }) => ({ ...created, created_by: createdBy })),
        { ...created, created_by: 'CMD ["/srv/run"]', empty_layer: true },
      ],
    };
    const manifest = {
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.manifest,
      config: this.document(config, MEDIA_TYPE.config, writtenAt),
      layers: layers.map(({ descriptor }) => descriptor),
    };
    const platform = { os: "linux", architecture };
    return { ...this.document(manifest, MEDIA_TYPE.manifest, writtenAt), platform };
  }

  index(
    manifests: readonly BlobDescriptor[],
    writtenAt: Date,
    fields: object = {},
  ): BlobDescriptor {
    const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests, ...fields };
    return this.document(index, MEDIA_TYPE.index, writtenAt);
  }

  /** Writes a manifest that is attached to another one, such as a signature. */
  referrer(
    subject: BlobDescriptor,
    artifactType: string,
    payload: string,
    writtenAt: Date,
  ): BlobDescriptor {
    const { mediaType, digest, size } = subject;
    const manifest = {
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.manifest,
      artifactType,
      config: this.blob(Buffer.from("{}"), MEDIA_TYPE.empty, writtenAt),
      layers: [this.blob(Buffer.from(payload), `${artifactType}+json`, writtenAt)],
      subject: { mediaType, digest, size },
    };
    return { ...this.document(manifest, MEDIA_TYPE.manifest, writtenAt), artifactType };
  }

  /** Lists a manifest in index.json under a name: a tag, or a whole reference. Without a name it is untagged. */
  add(descriptor: BlobDescriptor, name?: string): this {
    const annotations = { ...descriptor.annotations };
    if (name !== undefined) annotations["org.opencontainers.image.ref.name"] = name;
    this.entries.push(
      Object.keys(annotations).length === 0 ? descriptor : { ...descriptor, annotations },
    );
    return this.save();
  }

  save(): this {
    const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: this.entries };
    writeFileSync(join(this.directory, "index.json"), JSON.stringify(index));
    return this;
  }
}

/** The key stream of a cipher whose key is the seed: fast, repeatable, and not to be compressed. */
function bytesOfSeed(seed: string, bytes: number): Buffer {
  const key = createHash("sha256").update(seed).digest();
  return createCipheriv("aes-256-ctr", key, Buffer.alloc(16)).update(Buffer.alloc(bytes));
}
