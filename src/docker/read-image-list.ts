import type { Digest } from "../oci/digest.ts";
import type { EngineClient } from "./connection/engine-client.ts";
import { normaliseId, normaliseNames, type ImageNames } from "./read-names.ts";

/** One element of `GET /images/json`, as far as it is read. */
export interface ListedImageAnswer {
  readonly Id: string;
  readonly ParentId?: string;
  readonly RepoTags?: readonly string[] | null;
  readonly RepoDigests?: readonly string[] | null;
  /** Seconds since the epoch. */
  readonly Created?: number;
  readonly Size?: number;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Manifests?: readonly ListedManifestAnswer[] | null;
}

/** API 1.47 and later, containerd store. */
export interface ListedManifestAnswer {
  readonly ID: string;
  readonly Kind: string;
  readonly Available: boolean;
  readonly Size?: { readonly Content?: number; readonly Total?: number };
  readonly ImageData?: {
    readonly Platform?: {
      readonly os?: string;
      readonly architecture?: string;
      readonly variant?: string;
    };
    readonly Size?: { readonly Unpacked?: number };
  };
}

/** What the list tells of an image. */
export interface ListedImage extends ImageNames {
  readonly id: Digest;
  readonly parent?: Digest;
  /** Seconds since the epoch, as the engine has it. */
  readonly created: number;
  readonly sizeBytes: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly manifests: readonly ListedManifestAnswer[];
}

/** The one list call of an inventory: on a containerd store of a thousand images it takes the engine some ten seconds. */
export async function listImages(
  client: EngineClient,
  signal: AbortSignal,
): Promise<ListedImage[]> {
  const query = { all: 1, ...(client.supports("1.47") ? { manifests: 1 } : {}) };
  const answer = await client.getJson<readonly ListedImageAnswer[] | null>("/images/json", {
    query,
    signal,
  });
  return (answer ?? []).flatMap((image) => {
    const listed = readListedImage(image);
    return listed === undefined ? [] : [listed];
  });
}

export function readListedImage(answer: ListedImageAnswer): ListedImage | undefined {
  const id = normaliseId(answer.Id);
  if (id === undefined) return undefined;
  const parent = normaliseId(answer.ParentId);
  return {
    id,
    ...normaliseNames(answer.RepoTags, answer.RepoDigests),
    ...(parent === undefined ? {} : { parent }),
    created: answer.Created ?? 0,
    sizeBytes: answer.Size ?? 0,
    labels: answer.Labels ?? {},
    manifests: answer.Manifests ?? [],
  };
}
