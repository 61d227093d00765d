import { callApiJson, queryString, type EngineAddress } from "./engine-api.ts";

export interface ContainerRequest {
  /** Reference or image ID, as a user would type it. */
  image: string;
  name: string;
  state: "created" | "running" | "exited";
  /** An image to mount read-only at /mnt (Docker API 1.48 and above). */
  imageMount?: string;
  /** Path -> volume name; an empty name makes an anonymous volume. */
  volumes?: Record<string, string>;
  labels?: Record<string, string>;
}

/** Brings a container without network into the wanted state; resolves with its ID. */
export async function runContainer(
  engine: EngineAddress,
  wanted: ContainerRequest,
): Promise<string> {
  const mounts = Object.entries(wanted.volumes ?? {}).map(([Target, Source]) =>
    Source === "" ? { Type: "volume", Target } : { Type: "volume", Source, Target },
  );
  if (wanted.imageMount !== undefined)
    mounts.push({ Type: "image", Source: wanted.imageMount, Target: "/mnt" });
  const { Id } = await callApiJson<{ Id: string }>(
    engine,
    "POST",
    `/containers/create${queryString({ name: wanted.name })}`,
    {
      Image: wanted.image,
      Cmd: wanted.state === "running" ? ["sleep", "1000000"] : ["true"],
      Labels: wanted.labels ?? {},
      NetworkDisabled: true,
      HostConfig: { NetworkMode: "none", Mounts: mounts },
    },
  );
  if (wanted.state !== "created") await callApiJson(engine, "POST", `/containers/${Id}/start`);
  if (wanted.state === "exited") await callApiJson(engine, "POST", `/containers/${Id}/wait`);
  return Id;
}

/** Without `force` and with the container's anonymous volumes, as `docker rm -v` does. */
export async function removeContainer(engine: EngineAddress, id: string): Promise<void> {
  await callApiJson(engine, "DELETE", `/containers/${id}?v=1`);
}

export async function killContainer(engine: EngineAddress, id: string): Promise<void> {
  await callApiJson(engine, "POST", `/containers/${id}/kill`);
  await callApiJson(engine, "POST", `/containers/${id}/wait`);
}
