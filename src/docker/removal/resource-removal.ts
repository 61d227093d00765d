import { isStopped } from "../../inventory/image-use.ts";
import type { Container } from "../../inventory/resources.ts";
import type { CurrentResource, Removal } from "../../ports/image-remover.ts";
import type { EngineClient } from "../connection/engine-client.ts";
import { EngineError } from "../engine-error.ts";
import type { InspectedContainerAnswer } from "../read-containers.ts";
import { toNetwork, type NetworkAnswer } from "../read-networks.ts";
import { engineTime, latest } from "../read-time.ts";
import { notRemoved, removalOfError, removed } from "./removal.ts";
import type { SharedLook } from "./shared-look.ts";

/** Looks at containers, volumes and networks, and removes those that nothing uses. */
export class ResourceRemoval {
  readonly #client: EngineClient;
  readonly #containers: SharedLook<readonly Container[]>;

  constructor(client: EngineClient, containers: SharedLook<readonly Container[]>) {
    this.#client = client;
    this.#containers = containers;
  }

  async currentContainer(id: string): Promise<CurrentResource | undefined> {
    const containers = await this.#containers.take();
    const container = containers.find((each) => each.id === id);
    if (container === undefined) return undefined;
    const { state } = container;
    if (!isStopped(container)) return { id, state, usedBy: [`it is ${state}`] };
    const path = `/containers/${encodeURIComponent(id)}/json`;
    const details = (await this.#find(path)) as InspectedContainerAnswer | undefined;
    if (details === undefined) return undefined;
    const { StartedAt: startedAt, FinishedAt: finishedAt } = details.State ?? {};
    const lastRanAt = latest(engineTime(startedAt), engineTime(finishedAt));
    return { id, state, usedBy: [], ...(lastRanAt === undefined ? {} : { lastRanAt }) };
  }

  async currentVolume(name: string): Promise<CurrentResource | undefined> {
    const [volume, containers] = await Promise.all([
      this.#find(`/volumes/${encodeURIComponent(name)}`),
      this.#containers.take(),
    ]);
    if (volume === undefined) return undefined;
    const users = containers.filter((container) => container.volumes.includes(name));
    return { id: name, state: "", usedBy: users.map((container) => container.name) };
  }

  /** A stopped container counts: it could not start again without its network. */
  async currentNetwork(id: string): Promise<CurrentResource | undefined> {
    const [answer, containers] = await Promise.all([
      this.#find(`/networks/${encodeURIComponent(id)}`) as Promise<NetworkDetails | undefined>,
      this.#containers.take(),
    ]);
    if (answer === undefined) return undefined;
    const network = toNetwork(answer);
    const attached = containers.filter(
      ({ networks }) => networks.includes(network.id) || networks.includes(network.name),
    );
    const endpoints = Object.values(answer.Containers ?? {}).flatMap(
      (endpoint) => endpoint?.Name ?? [],
    );
    const users = new Set([...attached.map((container) => container.name), ...endpoints]);
    return { id, state: "", usedBy: network.builtIn ? ["the engine itself"] : [...users] };
  }

  /** Without its volumes: they have a rule of their own. */
  async removeContainer(id: string): Promise<Removal> {
    const freedBytes = await this.#writableBytes(id);
    const path = `/containers/${encodeURIComponent(id)}`;
    const removal = await this.#remove(path, () => this.currentContainer(id));
    return removal.outcome === "removed" && freedBytes !== undefined
      ? { ...removal, freedBytes }
      : removal;
  }

  removeVolume(name: string): Promise<Removal> {
    return this.#remove(`/volumes/${encodeURIComponent(name)}`, () => this.currentVolume(name));
  }

  removeNetwork(id: string): Promise<Removal> {
    return this.#remove(`/networks/${encodeURIComponent(id)}`, () => this.currentNetwork(id));
  }

  async #remove(path: string, look: () => Promise<CurrentResource | undefined>): Promise<Removal> {
    try {
      const now = await look();
      if (now === undefined) return notRemoved("gone", "it is not there any more");
      if (now.usedBy.length > 0) return notRemoved("conflict", now.usedBy.join(", "));
      await this.#client.request("DELETE", path);
      return removed();
    } catch (error) {
      return removalOfError(error);
    }
  }

  /** What the container's own layer takes, which its removal frees; undefined when the engine cannot tell. */
  async #writableBytes(id: string): Promise<number | undefined> {
    const query = { size: 1 };
    const answer = await this.#find(`/containers/${encodeURIComponent(id)}/json`, query).catch(
      ignoreEngineError,
    );
    return (answer as { SizeRw?: number } | undefined)?.SizeRw;
  }

  async #find(path: string, query = {}): Promise<unknown> {
    try {
      return await this.#client.getJson(path, { query });
    } catch (error) {
      if (error instanceof EngineError && error.kind === "not-found") return undefined;
      throw error;
    }
  }
}

interface NetworkDetails extends NetworkAnswer {
  readonly Containers?: Readonly<Record<string, { readonly Name?: string } | null>> | null;
}

function ignoreEngineError(error: unknown): undefined {
  if (!(error instanceof EngineError)) throw error;
  return undefined;
}
