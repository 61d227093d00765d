import type { Digest } from "../oci/digest.ts";
import type { Clock } from "../ports/clock.ts";
import { inParallel } from "./in-parallel.ts";
import type { RegistryClient } from "./registry-client.ts";

/** A tag that is given anew is seen when the list is read again; one that moves, when all are asked again. */
const LIST_LIFE_MS = 2_000;
const LOOK_LIFE_MS = 30_000;

interface Look {
  readonly at: number;
  readonly tags: Map<string, Digest>;
}

/**
 * What the tags of repositories mean at this moment, for removals: shared by those that come close together. An image's own
 * tags are asked for anew each time.
 */
export class TagLook {
  readonly #client: RegistryClient;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #looks = new Map<string, Promise<Look>>();
  readonly #lists = new Map<string, Promise<{ at: number; tags: ReadonlySet<string> }>>();

  constructor(client: RegistryClient, clock: Clock, signal: AbortSignal) {
    this.#client = client;
    this.#clock = clock;
    this.#signal = signal;
  }

  /** The tags that mean this digest now, sorted. Rejects when any of them cannot be looked up. */
  async tagsOf(repository: string, digest: Digest): Promise<readonly string[]> {
    const look = await this.#look(repository);
    const listed = await this.#list(repository);
    const fresh = [...listed].filter((tag) => !look.tags.has(tag) || look.tags.get(tag) === digest);
    await inParallel(fresh, this.#signal, async (tag) => {
      const meaning = await this.#ask(repository, tag);
      if (meaning === undefined) look.tags.delete(tag);
      else look.tags.set(tag, meaning);
    });
    return [...look.tags].flatMap(([tag, meaning]) => (meaning === digest ? [tag] : [])).toSorted();
  }

  async #look(repository: string): Promise<Look> {
    const known = await this.#looks.get(repository);
    if (known !== undefined && this.#clock() - known.at < LOOK_LIFE_MS) return known;
    const anew = this.#askAll(repository, known);
    this.#looks.set(repository, anew);
    anew.catch(() => this.#looks.delete(repository));
    return anew;
  }

  async #askAll(repository: string, before: Look | undefined): Promise<Look> {
    const tags = new Map<string, Digest>();
    const at = this.#clock();
    await inParallel(this.#client.tags(repository), this.#signal, async (tag) => {
      const meaning = await this.#ask(repository, tag, before?.tags.get(tag));
      if (meaning !== undefined) tags.set(tag, meaning);
    });
    return { at, tags };
  }

  async #list(repository: string): Promise<ReadonlySet<string>> {
    const known = await this.#lists.get(repository);
    if (known !== undefined && this.#clock() - known.at < LIST_LIFE_MS) return known.tags;
    const anew = this.#readList(repository);
    this.#lists.set(repository, anew);
    anew.catch(() => this.#lists.delete(repository));
    return (await anew).tags;
  }

  async #readList(repository: string): Promise<{ at: number; tags: ReadonlySet<string> }> {
    const at = this.#clock();
    const tags = new Set<string>();
    for await (const tag of this.#client.tags(repository)) tags.add(tag);
    return { at, tags };
  }

  async #ask(repository: string, tag: string, known?: Digest): Promise<Digest | undefined> {
    const head = await this.#client.headManifest(repository, tag, known);
    return head === "unchanged" ? known : head?.digest;
  }
}
