import { isJsonObject, type JsonObject } from "../../oci/json-object.ts";
import type { EngineVersion } from "../connection/identify-engine.ts";
import { normaliseId } from "../read-names.ts";

/** What an engine is asked for to make a container as it was, from what it answers about it to `inspect`. */
export interface ContainerRequest {
  readonly name: string;
  /** The name or ID that it was made with. */
  readonly imageName: string;
  readonly imageId: string;
  /** `os/arch[/variant]`, where the engine told which one of several it runs. */
  readonly platform?: string;
  /** Body of `POST /containers/create`, without the image and without what it is attached to. */
  readonly body: JsonObject;
  readonly volumes: readonly VolumeMount[];
  /** By network name; the first one is given with the creation. */
  readonly endpoints: readonly (readonly [network: string, endpoint: JsonObject])[];
}

export interface VolumeMount {
  readonly name: string;
  readonly path: string;
  readonly readOnly: boolean;
  /** Nobody named it: its mount is only in `Mounts`, and has to be asked for by name to get the same one. */
  readonly anonymous: boolean;
}

/** Engines call a container by the first so many digits of its ID where nobody named its host. */
const SHORT_ID = 12;
/** Networks that every container may have without being attached to them. */
const BUILT_IN: ReadonlySet<string> = new Set(["none", "host", "bridge", "default", "podman"]);

export function containerRequest(
  inspected: JsonObject,
  product: EngineVersion["product"],
): ContainerRequest {
  const id = text(inspected["Id"]);
  const { Hostname, Image, MacAddress: _mac, ...config } = object(inspected["Config"]);
  const host = askedHost(object(inspected["HostConfig"]), product);
  const attached = Object.entries(object(object(inspected["NetworkSettings"])["Networks"])).map(
    ([name, endpoint]) => [name, object(endpoint)] as const,
  );
  const namesById = new Map(attached.map(([name, { NetworkID }]) => [text(NetworkID), name]));
  const mode = text(host["NetworkMode"]);
  const main = namesById.get(mode) ?? mode;
  const endpoints = attached
    .filter(([name]) => !BUILT_IN.has(name))
    .map(([name, endpoint]) => [name, endpointRequest(endpoint, id)] as const)
    .toSorted(([a], [b]) => Number(b === main) - Number(a === main) || (a < b ? -1 : 1));
  const platform = platformOf(inspected["ImageManifestDescriptor"]);
  return {
    name: text(inspected["Name"]).replace(/^\//, ""),
    imageName: text(Image),
    imageId: normaliseId(text(inspected["Image"])) ?? text(inspected["Image"]),
    ...(platform === undefined ? {} : { platform }),
    body: {
      ...config,
      ...(text(Hostname) === id.slice(0, SHORT_ID) ? {} : { Hostname }),
      HostConfig: { ...host, NetworkMode: main },
    },
    volumes: volumesOf(list(inspected["Mounts"]), host),
    endpoints,
  };
}

/** Podman shows its own limit where one may be asked for, and notes where one was. */
const PIDS_LIMIT_ASKED = "io.podman.annotations.pids-limit";

/** Without what the engine itself has put there. */
function askedHost(host: JsonObject, product: EngineVersion["product"]): JsonObject {
  const { PidsLimit: _default, ...rest } = host;
  const isAsked = object(host["Annotations"])[PIDS_LIMIT_ASKED] !== undefined;
  return product === "podman" && !isAsked ? rest : host;
}

/** What was asked for; the rest of an endpoint is what it had while it was connected. */
function endpointRequest(endpoint: JsonObject, containerId: string): JsonObject {
  const aliases = list(endpoint["Aliases"]).filter(
    (alias) => alias !== containerId.slice(0, SHORT_ID),
  );
  const asked: Record<string, unknown> = aliases.length === 0 ? {} : { Aliases: aliases };
  for (const key of ["IPAMConfig", "Links", "DriverOpts", "GwPriority"])
    if (endpoint[key]) asked[key] = endpoint[key];
  return asked;
}

function volumesOf(mounts: readonly unknown[], host: JsonObject): readonly VolumeMount[] {
  const bound = new Set(
    list(host["Binds"]).map((bind) => text(bind).split(":").slice(0, 2).join(":")),
  );
  for (const mount of list(host["Mounts"]).map(object))
    if (mount["Source"]) bound.add(`${text(mount["Source"])}:${text(mount["Target"])}`);
  return mounts
    .map(object)
    .filter(({ Type }) => Type === "volume")
    .map(({ Name, Destination, RW }) => ({
      name: text(Name),
      path: text(Destination),
      readOnly: RW === false,
      anonymous: !bound.has(`${text(Name)}:${text(Destination)}`),
    }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** The request with its volumes that nobody named asked for by name. */
export function bodyWithVolumes(body: JsonObject, volumes: readonly VolumeMount[]): JsonObject {
  const host = object(body["HostConfig"]);
  const anonymous = new Map(
    volumes.filter((each) => each.anonymous).map((each) => [each.path, each]),
  );
  const mounts = list(host["Mounts"]).map((mount) => {
    const target = text(object(mount)["Target"]);
    const volume = anonymous.get(target);
    if (volume === undefined) return mount;
    anonymous.delete(target);
    return { ...object(mount), Source: volume.name };
  });
  const binds = [
    ...list(host["Binds"]),
    ...[...anonymous.values()].map(
      ({ name, path, readOnly }) => `${name}:${path}${readOnly ? ":ro" : ""}`,
    ),
  ];
  return {
    ...body,
    HostConfig: {
      ...host,
      ...(mounts.length === 0 ? {} : { Mounts: mounts }),
      ...(binds.length === 0 ? {} : { Binds: binds }),
    },
  };
}

function platformOf(descriptor: unknown): string | undefined {
  const { os, architecture, variant } = object(object(descriptor)["platform"]);
  if (typeof os !== "string" || typeof architecture !== "string") return undefined;
  return typeof variant === "string" ? `${os}/${architecture}/${variant}` : `${os}/${architecture}`;
}

/** What an engine is asked for to make a network as it was. */
export function networkRequest(inspected: JsonObject): JsonObject {
  const asked: Record<string, unknown> = {};
  for (const key of NETWORK_FIELDS) if (inspected[key] !== undefined) asked[key] = inspected[key];
  const from = object(inspected["ConfigFrom"]);
  return text(from["Network"]) === "" ? asked : { ...asked, ConfigFrom: from };
}

const NETWORK_FIELDS = [
  "Name",
  "Driver",
  "EnableIPv4",
  "EnableIPv6",
  "IPAM",
  "Internal",
  "Attachable",
  "ConfigOnly",
  "Options",
  "Labels",
] as const;

/** The same text for the same request, in whatever order its fields come; what is empty counts as absent. */
export function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    isJsonObject(part)
      ? Object.fromEntries(
          Object.entries(part)
            .filter(([, field]) => !isEmpty(field))
            .toSorted(([a], [b]) => (a < b ? -1 : 1)),
        )
      : part,
  );
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isJsonObject(value)) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === "" || value === false || value === 0;
}

export function object(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
