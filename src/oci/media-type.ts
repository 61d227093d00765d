/** Media types of the documents that name other content (image-spec, media-types.md), and of Docker's older forms. */
export const MEDIA_TYPE = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar",
  layerGzip: "application/vnd.oci.image.layer.v1.tar+gzip",
  layerZstd: "application/vnd.oci.image.layer.v1.tar+zstd",
  empty: "application/vnd.oci.empty.v1+json",
  /** Written by some tools between image-spec 1.1.0-rc1 and rc3; names its content in `blobs`. */
  artifactManifest: "application/vnd.oci.artifact.manifest.v1+json",
  dockerManifestList: "application/vnd.docker.distribution.manifest.list.v2+json",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
  dockerConfig: "application/vnd.docker.container.image.v1+json",
  dockerLayer: "application/vnd.docker.image.rootfs.diff.tar.gzip",
} as const;

const MANIFESTS: ReadonlySet<string> = new Set([
  MEDIA_TYPE.index,
  MEDIA_TYPE.manifest,
  MEDIA_TYPE.artifactManifest,
  MEDIA_TYPE.dockerManifestList,
  MEDIA_TYPE.dockerManifest,
]);

/** True for what must be read to know what else it stands on: a manifest or an index. */
export function isManifestMediaType(mediaType: string): boolean {
  return MANIFESTS.has(mediaType);
}

/** True for the configuration of a runnable image; an artifact has a configuration of its own kind. */
export function isImageConfigMediaType(mediaType: string): boolean {
  return mediaType === MEDIA_TYPE.config || mediaType === MEDIA_TYPE.dockerConfig;
}

/** How the tar of a layer is packed; undefined for what is no layer, or packed in another way. */
export function layerPacking(mediaType: string): "gzip" | "zstd" | "none" | undefined {
  switch (mediaType) {
    case MEDIA_TYPE.layer:
      return "none";
    case MEDIA_TYPE.layerGzip:
    case MEDIA_TYPE.dockerLayer:
      return "gzip";
    case MEDIA_TYPE.layerZstd:
      return "zstd";
    default:
      return undefined;
  }
}

/** True for layers that may lawfully be absent: they are fetched from their own `urls`. */
export function isForeignLayerMediaType(mediaType: string): boolean {
  return /\.layer\.nondistributable\.|\.rootfs\.foreign\./.test(mediaType);
}
