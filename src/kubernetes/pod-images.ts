import { isJsonObject, type JsonObject } from "../oci/json-object.ts";
import { at } from "./cluster-resources.ts";

const CONTAINERS = ["initContainers", "containers", "ephemeralContainers"] as const;
const STATUSES = [
  "initContainerStatuses",
  "containerStatuses",
  "ephemeralContainerStatuses",
] as const;

/** References that a pod specification (`core/v1 PodSpec`) names: of containers, and of image volumes. */
export function imagesOfPodSpec(spec: unknown): readonly string[] {
  return [
    ...CONTAINERS.flatMap((field) => listOf(at(spec, field)).map((each) => each["image"])),
    ...listOf(at(spec, "volumes")).map((volume) => at(volume, "image", "reference")),
  ].filter(isText);
}

/**
 * What the containers of a pod really run, as its node tells: `repository@digest`, with a runtime's scheme in front or not,
 * or the ID by which the node's runtime knows the image.
 */
export function imagesOfPodStatus(status: unknown): readonly string[] {
  return STATUSES.flatMap((field) => listOf(at(status, field)))
    .map((each) => each["imageID"])
    .filter(isText)
    .map(withoutScheme);
}

/** `docker-pullable://host/app@sha256:…`, `docker://sha256:…`; CRI-O says an ID without its algorithm. */
function withoutScheme(imageId: string): string {
  const text = imageId.replace(/^[a-z-]+:\/\//, "");
  return /^[0-9a-f]{64}$/.test(text) ? `sha256:${text}` : text;
}

function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
