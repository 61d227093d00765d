import {
  malformed,
  parseDescriptor,
  parseDescriptors,
  type Descriptor,
  type SpecProblem,
} from "./descriptor.ts";
import { isJsonObject, textFields } from "./json-object.ts";
import { MEDIA_TYPE } from "./media-type.ts";

interface Attachable {
  /** Empty where the document does not say. */
  readonly mediaType: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** What this one is attached to. A weak reference: it does not keep the subject. */
  readonly subject?: Descriptor;
  readonly artifactType?: string;
}

/** For one platform, or an artifact (image-spec, manifest.md). */
export interface ImageManifest extends Attachable {
  readonly kind: "manifest";
  /** Absent in an artifact manifest. */
  readonly config?: Descriptor;
  /** Bottom first; of an artifact manifest, its `blobs`. */
  readonly layers: readonly Descriptor[];
}

/** Lists manifests and other indexes (image-spec, image-index.md). */
export interface ImageIndex extends Attachable {
  readonly kind: "index";
  readonly manifests: readonly Descriptor[];
}

export type Manifest = ImageManifest | ImageIndex;

/**
 * Reads a manifest or an index, of OCI or of Docker's schema 2, from parsed JSON. What it is follows from its fields:
 * `mediaType` is optional in OCI documents and sometimes wrong.
 */
export function parseManifest(value: unknown): Manifest | SpecProblem {
  if (!isJsonObject(value)) return malformed("it is not a JSON object");
  const attachable = parseAttachable(value);
  if ("kind" in attachable) return attachable;

  if (Array.isArray(value["manifests"])) {
    const manifests = parseDescriptors(value["manifests"], "manifests");
    return "kind" in manifests ? manifests : { kind: "index", ...attachable, manifests };
  }
  if (value["schemaVersion"] === 1)
    return malformed("it is a Docker schema 1 manifest, which has no content digests");
  if (value["config"] === undefined && !isArtifactManifest(value)) {
    return malformed("it is neither a manifest nor an index");
  }
  const layers = isArtifactManifest(value)
    ? parseDescriptors(value["blobs"], "blobs")
    : parseDescriptors(value["layers"], "layers");
  if ("kind" in layers) return layers;
  if (value["config"] === undefined) return { kind: "manifest", ...attachable, layers };
  const config = parseDescriptor(value["config"], "config");
  return "kind" in config ? config : { kind: "manifest", ...attachable, config, layers };
}

/** Everything that the document stands on: what must stay while it stays. Its subject is not among them. */
export function successorsOf(manifest: Manifest): readonly Descriptor[] {
  if (manifest.kind === "index") return manifest.manifests;
  return manifest.config === undefined ? manifest.layers : [manifest.config, ...manifest.layers];
}

/**
 * True for an entry that BuildKit adds to an index for what it knows about a platform's manifest (provenance, SBOM); its
 * platform is `unknown/unknown` and it cannot run.
 */
export function isAttestationEntry(descriptor: Descriptor): boolean {
  return (
    descriptor.annotations["vnd.docker.reference.type"] === "attestation-manifest" ||
    (descriptor.platform?.os === "unknown" && descriptor.platform.architecture === "unknown")
  );
}

function isArtifactManifest(value: Readonly<Record<string, unknown>>): boolean {
  return value["mediaType"] === MEDIA_TYPE.artifactManifest;
}

function parseAttachable(value: Readonly<Record<string, unknown>>): Attachable | SpecProblem {
  const { mediaType, artifactType } = value;
  const common = {
    mediaType: typeof mediaType === "string" ? mediaType : "",
    annotations: textFields(value["annotations"]),
    ...(typeof artifactType === "string" ? { artifactType } : {}),
  };
  if (value["subject"] === undefined || value["subject"] === null) return common;
  const subject = parseDescriptor(value["subject"], "subject");
  return "kind" in subject ? subject : { ...common, subject };
}
