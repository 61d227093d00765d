import type { JsonObject } from "../../oci/json-object.ts";
import type { Recreation, Recreator, RemovedRecord } from "../../ports/removed-record.ts";
import { imagePath } from "../connection/api-path.ts";
import type { EngineClient } from "../connection/engine-client.ts";
import { EngineError } from "../engine-error.ts";
import { normaliseId } from "../read-names.ts";
import {
  bodyWithVolumes,
  canonicalText,
  containerRequest,
  networkRequest,
  object,
  text,
  type ContainerRequest,
  type VolumeMount,
} from "./recreate-request.ts";

/** Makes containers and networks again by what the engine had told of them. */
export class EngineRecreator implements Recreator {
  readonly #client: EngineClient;

  constructor(client: EngineClient) {
    this.#client = client;
  }

  async recreateNetwork({ description }: RemovedRecord): Promise<Recreation> {
    const request = networkRequest(description);
    const name = text(request["Name"]);
    const there = await this.#find(`/networks/${encodeURIComponent(name)}`);
    // Engines find things by the first digits of their ID as well.
    if (there !== undefined && there["Name"] === name) {
      const id = text(there["Id"]);
      return canonicalText(networkRequest(there)) === canonicalText(request)
        ? { kind: "there", id }
        : { kind: "taken", by: id };
    }
    const { body } = await this.#client.request("POST", "/networks/create", {
      body: { ...request, CheckDuplicate: true },
    });
    return { kind: "made", id: text(object(body)["Id"]), details: [] };
  }

  async recreateContainer(
    { description }: RemovedRecord,
    imageId: (id: string) => string,
  ): Promise<Recreation> {
    const request = this.#request(description);
    const wanted = imageId(request.imageId);
    const there = await this.#find(`/containers/${encodeURIComponent(request.name)}/json`);
    if (there !== undefined && this.#request(there).name === request.name) {
      const id = text(there["Id"]);
      const now = this.#request(there);
      if (identity(now) !== identity({ ...request, imageId: wanted }))
        return { kind: "taken", by: id };
      // One that was made just before a crash may lack networks.
      const attached = new Set(now.endpoints.map(([network]) => network));
      const lacking = request.endpoints.filter(([network]) => !attached.has(network));
      if (lacking.length === 0) return { kind: "there", id };
      return { kind: "made", id, details: await this.#connectAll(lacking, id) };
    }
    const details: string[] = [];
    const volumes = await this.#volumesThere(request.volumes, details);
    const image = await this.#imageFor(request.imageName, wanted, details);
    const [first, ...others] = request.endpoints;
    const { body } = await this.#client.request("POST", "/containers/create", {
      query: { name: request.name, platform: request.platform },
      body: {
        ...bodyWithVolumes(await this.#withEntrypoint(request.body, wanted), volumes),
        Image: image,
        ...(first === undefined
          ? {}
          : { NetworkingConfig: { EndpointsConfig: Object.fromEntries([first]) } }),
      },
    });
    const id = text(object(body)["Id"]);
    details.push(...(await this.#connectAll(others, id)));
    return { kind: "made", id, details };
  }

  #request(inspected: JsonObject): ContainerRequest {
    return containerRequest(inspected, this.#client.engine.product);
  }

  /** A volume that is gone would come back empty: one that nobody named gets a new name then, as it had been made. */
  async #volumesThere(
    volumes: readonly VolumeMount[],
    details: string[],
  ): Promise<readonly VolumeMount[]> {
    const there: VolumeMount[] = [];
    for (const volume of volumes) {
      if ((await this.#find(`/volumes/${encodeURIComponent(volume.name)}`)) !== undefined)
        there.push(volume);
      else details.push(`the volume at ${volume.path} is a new, empty one: ${volume.name} is gone`);
    }
    return there;
  }

  /** The name that it was made with, as long as that means the same image. */
  async #imageFor(name: string, wanted: string, details: string[]): Promise<string> {
    const meant = await this.#find(imagePath(name, "/json"));
    if (meant !== undefined && normaliseId(text(meant["Id"])) === wanted) return name;
    if (meant !== undefined) details.push(`${name} means another image now: made from ${wanted}`);
    return wanted;
  }

  /** Without an entrypoint of its own a container gets the image's, unless it says that it wants none. */
  async #withEntrypoint(body: JsonObject, image: string): Promise<JsonObject> {
    if (body["Entrypoint"] !== null && body["Entrypoint"] !== undefined) return body;
    const config = object((await this.#find(imagePath(image, "/json")))?.["Config"]);
    return Array.isArray(config["Entrypoint"]) ? { ...body, Entrypoint: [""] } : body;
  }

  async #connectAll(
    endpoints: ContainerRequest["endpoints"],
    container: string,
  ): Promise<readonly string[]> {
    const problems: string[] = [];
    for (const [network, endpoint] of endpoints) {
      const problem = await this.#connect(network, container, endpoint);
      if (problem !== undefined) problems.push(problem);
    }
    return problems;
  }

  async #connect(
    network: string,
    container: string,
    endpoint: JsonObject,
  ): Promise<string | undefined> {
    try {
      await this.#client.request("POST", `/networks/${encodeURIComponent(network)}/connect`, {
        body: { Container: container, EndpointConfig: endpoint },
      });
      return undefined;
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      return `it could not be attached to the network ${network}: ${error.detail}`;
    }
  }

  async #find(path: string): Promise<JsonObject | undefined> {
    try {
      return await this.#client.getJson<JsonObject>(path);
    } catch (error) {
      if (error instanceof EngineError && error.kind === "not-found") return undefined;
      throw error;
    }
  }
}

/** What a container is, whatever its ID: the volumes that nobody had named have names when it is made again. */
function identity({ imageId, body, volumes }: ContainerRequest): string {
  const { HostConfig, ...config } = body;
  const { Binds, Mounts, ...host } = object(HostConfig);
  const binds = (Array.isArray(Binds) ? Binds : []).filter((bind) => text(bind).startsWith("/"));
  const mounts = (Array.isArray(Mounts) ? Mounts : []).filter(
    (mount) => object(mount)["Type"] !== "volume",
  );
  const named = volumes.map(({ name, path, readOnly }) => ({ name, path, readOnly }));
  // Podman gives the variables in any order.
  const variables = Array.isArray(config["Env"]) ? config["Env"].map(text).toSorted() : [];
  return canonicalText({
    imageId,
    config: { ...config, Env: variables },
    host,
    binds,
    mounts,
    named,
  });
}
