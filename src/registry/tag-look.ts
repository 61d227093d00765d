import type { Digest } from "../oci/digest.ts";
import type { Clock } from "../ports/clock.ts";
import { inParallel } from "./in-parallel.ts";
import type { ManifestFactsReader } from "./manifest-facts.ts";
import { ManifestReach } from "./manifest-reach.ts";
import type { RegistryClient } from "./registry-client.ts";

/** A tag that is given anew is seen when the list is read again; one that moves, when all are asked again. */
const LIST_LIFE_MS = 2_000;
const LOOK_LIFE_MS = 30_000;

interface Look {
  readonly atMs: number;
  readonly tags: Map<string, Digest>;
}

interface List {
  readonly atMs: number;
  readonly tags: Set<string>;
}

/** An answer that may still be on its way, by when it was asked for: those who come meanwhile wait for the same. */
interface UnderWay<T> {
  readonly atMs: number;
  readonly answer: Promise<T>;
}

/** How a manifest is reached at this moment. */
export interface Standing {
  /** The tags that mean it, sorted. */
  readonly tags: readonly string[];
  /** Tags of indexes that list it, at any depth; sorted. */
  readonly listedBy: readonly string[];
}

/**
 * What the tags of repositories mean at this moment, for removals: shared by those that come close together. An image's own
 * tags are asked for anew each time.
 */
export class TagLook {
  readonly #client: RegistryClient;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #reach: ManifestReach;
  readonly #looks = new Map<string, UnderWay<Look>>();
  readonly #lists = new Map<string, UnderWay<List>>();
  readonly #standings = new Map<string, { readonly atMs: number; readonly standing: Standing }>();

  constructor(
    client: RegistryClient,
    facts: ManifestFactsReader,
    clock: Clock,
    signal: AbortSignal,
  ) {
    this.#client = client;
    this.#reach = new ManifestReach(client.registry, facts);
    this.#clock = clock;
    this.#signal = signal;
  }

  /**
   * How a manifest is reached; an answer given for it less than `withinMs` ago is given again. Rejects when any of its tags
   * or of the indexes cannot be looked up.
   */
  async standingOf(repository: string, digest: Digest, withinMs = 0): Promise<Standing> {
    const key = `${repository}@${digest}`;
    const known = this.#standings.get(key);
    if (known !== undefined && this.#clock() - known.atMs < withinMs) return known.standing;
    const atMs = this.#clock();
    const tags = await this.#meanings(repository, digest);
    await this.#reach.learn(repository, tags.values(), this.#signal);
    const own: string[] = [];
    const listedBy: string[] = [];
    for (const [tag, meaning] of tags) {
      if (meaning === digest) own.push(tag);
      else if (this.#reach.below(meaning).has(digest)) listedBy.push(tag);
    }
    const standing = { tags: own.toSorted(), listedBy: listedBy.toSorted() };
    this.#standings.set(key, { atMs, standing });
    return standing;
  }

  /** The manifest was deleted: none of its tags is there any more. */
  async forget(repository: string, digest: Digest): Promise<void> {
    this.#standings.delete(`${repository}@${digest}`);
    const look = await this.#looks.get(repository)?.answer;
    const list = await this.#lists.get(repository)?.answer;
    for (const [tag, meaning] of look?.tags ?? []) {
      if (meaning !== digest) continue;
      look?.tags.delete(tag);
      list?.tags.delete(tag);
    }
  }

  /** What every tag means that is listed now; those that meant `digest` and those that are new are asked. */
  async #meanings(repository: string, digest: Digest): Promise<ReadonlyMap<string, Digest>> {
    const { atMs, tags } = await this.#look(repository);
    const list = await this.#list(repository);
    if (list.atMs > atMs) for (const tag of tags.keys()) if (!list.tags.has(tag)) tags.delete(tag);
    const asked = [...list.tags.union(new Set(tags.keys()))].filter((tag) => {
      const meaning = tags.get(tag);
      return meaning === undefined || meaning === digest;
    });
    await inParallel(asked, this.#signal, async (tag) => {
      const meaning = await this.#ask(repository, tag, tags.get(tag));
      if (meaning === undefined) tags.delete(tag);
      else tags.set(tag, meaning);
    });
    return tags;
  }

  #look(repository: string): Promise<Look> {
    return this.#shared(this.#looks, repository, LOOK_LIFE_MS, (before) =>
      this.#askAll(repository, before),
    );
  }

  #list(repository: string): Promise<List> {
    return this.#shared(this.#lists, repository, LIST_LIFE_MS, () => this.#readList(repository));
  }

  #shared<T>(
    known: Map<string, UnderWay<T>>,
    repository: string,
    lifeMs: number,
    ask: (before: Promise<T> | undefined) => Promise<T>,
  ): Promise<T> {
    const before = known.get(repository);
    const atMs = this.#clock();
    if (before !== undefined && atMs - before.atMs < lifeMs) return before.answer;
    const answer = ask(before?.answer);
    known.set(repository, { atMs, answer });
    answer.catch(() => known.delete(repository));
    return answer;
  }

  async #askAll(repository: string, before: Promise<Look> | undefined): Promise<Look> {
    const tags = new Map<string, Digest>();
    const atMs = this.#clock();
    const known = (await before)?.tags;
    await inParallel(this.#client.tags(repository), this.#signal, async (tag) => {
      const meaning = await this.#ask(repository, tag, known?.get(tag));
      if (meaning !== undefined) tags.set(tag, meaning);
    });
    return { atMs, tags };
  }

  async #readList(repository: string): Promise<List> {
    const atMs = this.#clock();
    const tags = new Set<string>();
    for await (const tag of this.#client.tags(repository)) tags.add(tag);
    return { atMs, tags };
  }

  async #ask(repository: string, tag: string, known?: Digest): Promise<Digest | undefined> {
    const head = await this.#client.headManifest(repository, tag, known);
    return head === "unchanged" ? known : head?.digest;
  }
}
