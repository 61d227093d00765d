import { unpackTar } from "modern-tar";
import { imageId, tagImage } from "../harness/build-images.ts";
import { callApi, callApiJson } from "../harness/engine-api.ts";
import type { EngineKind } from "../harness/engine-kinds.ts";
import type { LaunchOptions } from "../harness/engine-launch.ts";
import { startEngine, type RunningEngine } from "../harness/engines.ts";
import { imageStoreUsage } from "../harness/image-store-usage.ts";
import { loadImages } from "../harness/image-tar.ts";
import { removeImage } from "../harness/registry-transfer.ts";
import { noteContainerd } from "./containerd-sockets.ts";
import type { ContractTarget } from "./contract-target.ts";

export interface EngineTarget extends ContractTarget {
  readonly kind: EngineKind;
  readonly engine: RunningEngine;
}

export interface ListedImage {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
}

export async function startEngineTarget(
  kind: EngineKind,
  options: LaunchOptions = {},
): Promise<EngineTarget> {
  const engine = await startEngine(kind, options);
  noteContainerd(engine);
  return {
    kind,
    engine,
    address: engine.host,
    load: (images) => loadImages(engine, images),
    idOf: (reference) => imageId(engine, reference),
    tag: (id, reference) => tagImage(engine, id, reference),
    removeName: (reference) => removeImage(engine, reference),
    async listIds() {
      return new Set((await listImages(engine, "?all=1")).map(({ Id }) => fullId(Id)));
    },
    async listNames() {
      const names = (await listImages(engine)).flatMap(({ RepoTags }) => RepoTags ?? []);
      return names.filter((name) => !name.startsWith("<none>")).toSorted();
    },
    readOut: (reference) => readOut(engine, reference),
    contentDiskBytes() {
      const { layersBytes, contentBytes } = imageStoreUsage(engine);
      return layersBytes + contentBytes;
    },
    stop: () => engine.stop(),
  };
}

export async function listImages(engine: RunningEngine, query = ""): Promise<ListedImage[]> {
  return callApiJson<ListedImage[]>(engine, "GET", `/images/json${query}`);
}

/** Podman leaves the algorithm out in some of its answers. */
export function fullId(id: string): string {
  return id.startsWith("sha256:") ? id : `sha256:${id}`;
}

interface ArchivedImage {
  readonly Config: string;
  readonly Layers: readonly string[];
}

/**
 * Saves the image, one in a request. An engine that lacks content ends the archive early under status 200: what its list
 * of images names must be there, whole.
 */
async function readOut(engine: RunningEngine, reference: string): Promise<void> {
  const { status, body } = await callApi(engine, "GET", `/images/${reference}/get`);
  if (status !== 200) throw new Error(`saving ${reference}: ${status} ${body.toString("utf8")}`);
  const entries = await unpackTar(body, { strict: true });
  const files = new Map(entries.map(({ header, data }) => [header.name, data]));
  const list = new TextDecoder().decode(files.get("manifest.json"));
  for (const { Config, Layers } of JSON.parse(list) as readonly ArchivedImage[])
    for (const file of [Config, ...Layers])
      if (!files.has(file)) throw new Error(`saving ${reference}: ${file} is missing`);
}
