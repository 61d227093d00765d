import type { EngineClient } from "../connection/engine-client.ts";
import { EngineError } from "../engine-error.ts";
import { normaliseId } from "../read-names.ts";

/** Where the helpers mount a volume; names in its tar begin so. */
const MOUNT = "/volume";

/** On the image and on the containers; whose they are, so that nobody takes away what another is at work with. */
const OWNER_LABEL = "dev.plimsoll.volume-helper";
/** On a container that fills a volume: its name. As long as the container is there, the volume is half-filled. */
const FILLS_LABEL = "dev.plimsoll.fills-volume";

/**
 * Reads and fills volumes by the engine's own archives of containers: of one that mounts the volume and is never started. Its
 * image has nothing in it; both are removed again.
 */
export class VolumeHelper {
  readonly #client: EngineClient;
  readonly #owner: string;
  #image: Promise<string> | undefined;

  /** `owner` tells the helpers of those apart who do not share a lease. */
  constructor(client: EngineClient, owner: string) {
    this.#client = client;
    this.#owner = owner;
  }

  async *read(volume: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const container = await this.#create({ mounts: [mountOf(volume, "read")] }, signal);
    try {
      const query = { path: MOUNT };
      yield* this.#client.download("GET", `/containers/${container}/archive`, { query, signal });
    } finally {
      await this.#removeContainer(container);
    }
  }

  /** Where it fails the volume is removed; where the process dies, `removeLeftovers` does that. */
  async fill(volume: string, tar: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    // Not the one that mounts it: that has to go before the volume can.
    const mark = await this.#create({ labels: { [FILLS_LABEL]: volume } }, signal);
    try {
      const container = await this.#create({ mounts: [mountOf(volume, "fill")] }, signal);
      try {
        await this.#client.request("PUT", `/containers/${container}/archive`, {
          query: { path: "/" },
          headers: { "Content-Type": "application/x-tar" },
          upload: tar,
          signal,
          timeoutMs: 0,
        });
      } finally {
        await this.#removeContainer(container);
      }
    } catch (error) {
      await this.#removeFilled(volume, mark);
      throw error;
    }
    await this.#removeContainer(mark);
  }

  async removeLeftovers(): Promise<void> {
    const query = { all: 1, filters: { label: [`${OWNER_LABEL}=${this.#owner}`] } };
    const containers = await this.#client.getJson<readonly ListedHelper[]>("/containers/json", {
      query,
    });
    const marks: [mark: string, volume: string][] = [];
    for (const { Id: id, Labels: labels } of containers) {
      const filled = labels?.[FILLS_LABEL];
      if (filled === undefined) await this.#removeContainer(id);
      else marks.push([id, filled]);
    }
    for (const [mark, volume] of marks) await this.#removeFilled(volume, mark);
    const images = await this.#client.getJson<readonly ListedHelper[]>("/images/json", { query });
    for (const { Id: id } of images) await this.#removeImage(id);
  }

  async close(): Promise<void> {
    const made = this.#image;
    if (made === undefined) return;
    this.#image = undefined;
    await this.#removeImage(await made);
  }

  async #removeFilled(volume: string, mark: string): Promise<void> {
    await this.#client.request("DELETE", `/volumes/${encodeURIComponent(volume)}`, {
      allow: [404],
    });
    await this.#removeContainer(mark);
  }

  async #removeContainer(id: string): Promise<void> {
    await this.#client.request("DELETE", `/containers/${id}`, { allow: [404] });
  }

  async #create(
    { mounts = [], labels = {} }: HelperContainer,
    signal: AbortSignal,
  ): Promise<string> {
    const image = await (this.#image ??= this.#import(signal));
    const { body } = await this.#client.request("POST", "/containers/create", {
      signal,
      body: {
        Image: image,
        // Engines want to be told what to run, also of what never does.
        Cmd: ["-"],
        Labels: { [OWNER_LABEL]: this.#owner, ...labels },
        NetworkDisabled: true,
        HostConfig: { NetworkMode: "none", Mounts: mounts },
      },
    });
    return (body as { readonly Id: string }).Id;
  }

  async #import(signal: AbortSignal): Promise<string> {
    const query = { fromSrc: "-", changes: `LABEL ${OWNER_LABEL}=${this.#owner}` };
    const headers = { "Content-Type": "application/x-tar" };
    let id: string | undefined;
    const answers = this.#client.stream("POST", "/images/create", {
      query,
      headers,
      upload: emptyTar(),
      signal,
    });
    for await (const answer of answers) id = (answer as { readonly status?: string }).status ?? id;
    const image = normaliseId(id);
    if (image !== undefined) return image;
    throw new EngineError("protocol", {
      address: this.#client.address,
      request: "POST /images/create",
      detail: "the engine did not say which image it has made",
    });
  }

  async #removeImage(id: string): Promise<void> {
    await this.#client.request("DELETE", `/images/${id}`, { allow: [404] });
  }
}

interface ListedHelper {
  readonly Id: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
}

interface HelperContainer {
  readonly mounts?: readonly object[];
  readonly labels?: Readonly<Record<string, string>>;
}

function mountOf(volume: string, purpose: "read" | "fill"): object {
  return {
    Type: "volume",
    Source: volume,
    Target: MOUNT,
    ReadOnly: purpose === "read",
    VolumeOptions: { NoCopy: true },
  };
}

/** The end of an archive is one without anything in it. */
async function* emptyTar(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(1024);
}
