import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { baseRootFs } from "./base-image.ts";
import {
  callApiJson,
  callApiStream,
  queryString,
  type EngineAddress,
  type ProgressMessage,
} from "./engine-api.ts";
import type { RunningEngine } from "./engines.ts";
import { runCommand } from "./run-command.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { tarArchive } from "./tar-writer.ts";

const BUILD_TIMEOUT_MS = 300_000;

export interface BuildInput {
  dockerfile: string;
  /** Files of the context by path. */
  files?: Record<string, Buffer>;
  labels?: Record<string, string>;
}

/** Imports a base image of busybox and random payload; resolves with its ID. */
export async function importBase(
  engine: EngineAddress,
  reference: string,
  payload: { payloadBytes: number; random: SeededRandom },
): Promise<string> {
  const query = queryString({ fromSrc: "-", ...repositoryAndTag(reference) });
  const body = await baseRootFs(payload.payloadBytes, payload.random);
  await callApiStream(engine, "POST", `/images/create${query}`, {
    body,
    headers: { "content-type": "application/x-tar" },
  });
  return imageId(engine, reference);
}

/** Builds with the classic builder (with Buildah on Podman), which leaves an image for each step. Resolves with the ID. */
export async function classicBuild(
  engine: EngineAddress,
  reference: string | undefined,
  { dockerfile, files = {}, labels = {} }: BuildInput,
): Promise<string> {
  const context = { ...files, Dockerfile: Buffer.from(dockerfile) };
  const body = tarArchive(
    Object.entries(context).map(([name, content]) => ({ kind: "file", name, content }) as const),
  );
  const query = queryString({
    t: reference,
    labels: JSON.stringify(labels),
    networkmode: "none",
    rm: "1",
    forcerm: "1",
  });
  const messages = await callApiStream(engine, "POST", `/build${query}`, {
    body,
    headers: { "content-type": "application/x-tar" },
  });
  return imageId(engine, builtId(messages));
}

/** Builds with BuildKit and keeps its build cache: buildx on the newest Docker, the built-in client on 20.10. */
export async function buildkitBuild(
  engine: RunningEngine,
  reference: string,
  { dockerfile, files = {}, labels = {} }: BuildInput,
): Promise<string> {
  if (engine.product === "podman") throw new Error("Podman has no BuildKit");
  const folder = await mkdtemp(join(engine.folder, "context-"));
  for (const [name, content] of Object.entries({ ...files, Dockerfile: Buffer.from(dockerfile) })) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  const labelOptions = Object.entries(labels).map(([key, value]) => `--label=${key}=${value}`);
  const args = [
    "build",
    "--network=none",
    "--progress=plain",
    `--tag=${reference}`,
    ...labelOptions,
  ];
  await runCommand("docker", [...args, folder], {
    env: { ...engine.cliEnv, DOCKER_BUILDKIT: "1" },
    timeoutMs: BUILD_TIMEOUT_MS,
  });
  return imageId(engine, reference);
}

export async function tagImage(
  engine: EngineAddress,
  image: string,
  reference: string,
): Promise<void> {
  const query = queryString({ ...repositoryAndTag(reference) });
  await callApiJson(engine, "POST", `/images/${image}/tag${query}`);
}

/** Resolves with the ID of the image made from the container. */
export async function commitContainer(
  engine: EngineAddress,
  container: string,
  reference: string,
): Promise<string> {
  await callApiJson(
    engine,
    "POST",
    `/commit${queryString({ container, ...repositoryAndTag(reference) })}`,
  );
  return imageId(engine, reference);
}

export async function imageId(engine: EngineAddress, reference: string): Promise<string> {
  const { Id } = await callApiJson<{ Id: string }>(engine, "GET", `/images/${reference}/json`);
  return Id.startsWith("sha256:") ? Id : `sha256:${Id}`;
}

/** `/images/create` and `/tag` want the two apart; the colon of a registry's port is not the tag's. */
export function repositoryAndTag(reference: string): { repo: string; tag: string } {
  const colon = reference.lastIndexOf(":");
  if (colon <= reference.lastIndexOf("/")) return { repo: reference, tag: "latest" };
  return { repo: reference.slice(0, colon), tag: reference.slice(colon + 1) };
}

function builtId(messages: readonly ProgressMessage[]): string {
  const id =
    messages.findLast((message) => message.aux?.ID !== undefined)?.aux?.ID ??
    messages
      .findLast((message) => message.stream?.startsWith("Successfully built "))
      ?.stream?.trim()
      .split(" ")[2];
  if (id === undefined) throw new Error(`the build names no image: ${JSON.stringify(messages)}`);
  return id;
}
