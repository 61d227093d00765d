import type { EngineError } from "./engine-error.ts";

/*
 * What engines say only in words. Everything else in this folder decides by status and kind; a text that changes here
 * makes a removal fail with the engine's own message, never remove more.
 */

/**
 * The image cannot go by ID before its names have gone. Docker: 409, "image is referenced in multiple repositories"
 * (moby, `daemon/images/image_delete.go` and `daemon/containerd/image_delete.go`). Podman: 500, "by ID with more than
 * one tag" (containers/common, `libimage/image.go`).
 */
export function wantsNamesRemovedFirst(error: EngineError): boolean {
  if (error.kind === "conflict")
    return error.detail.includes("referenced in multiple repositories");
  return error.kind === "server" && error.detail.includes("by ID with more than one tag");
}

/**
 * There is no such image, perhaps since another request removed it a moment ago. Docker 20.10 answers 500,
 * "unrecognized image ID" (moby, `image/store.go`), where later versions answer 404.
 */
export function saysImageIsGone(error: EngineError): boolean {
  if (error.kind === "not-found") return true;
  return error.kind === "server" && error.detail.includes("unrecognized image ID");
}

/**
 * The digest that a registry gave. Docker ends a pull with "Digest: sha256:…" (moby, `distribution/pull_v2.go`) and a
 * push with "TAG: digest: sha256:… size: …", on the containerd store without the structured form (`daemon/containerd`).
 */
export function digestInStatus(status: string): string | undefined {
  return /^(?:Digest|[\w.-]+: digest): (sha256:[a-f0-9]{64})\b/.exec(status)?.[1];
}
