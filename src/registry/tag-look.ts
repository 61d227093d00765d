import type { Digest } from "../oci/digest.ts";
import type { Clock } from "../ports/clock.ts";
import { inParallel } from "./in-parallel.ts";
import type { ManifestFactsReader } from "./manifest-facts.ts";
import { ManifestReach } from "./manifest-reach.ts";
import type { RegistryClient } from "./registry-client.ts";
import { RegistryError } from "./registry-error.ts";
import { RepositoryBreaker } from "./repository-breaker.ts";
import type { TagMemory } from "./repository-memory.ts";

/** A tag that is given anew is seen when the list is read again; one that moves, when it is asked again. */
const LIST_LIFE_MS = 2_000;
/** An image's own tags are asked right before it goes: an answer younger than this is one of right before. */
const OWN_TAG_LIFE_MS = 2_000;
/** When all have answered, they are good for twice the time that it took, within these bounds. */
const LOOK_LIFE_MS = { least: 5_000, most: 30_000 };

interface Meaning {
  readonly digest: Digest;
  readonly askedAtMs: number;
}

interface Look {
  readonly atMs: number;
  readonly tags: Map<string, Meaning>;
}

interface List {
  readonly atMs: number;
  readonly tags: Set<string>;
}

/** An answer that may still be on its way, by when it was asked for: those who come meanwhile wait for the same. */
interface UnderWay<T> {
  readonly atMs: number;
  readonly answer: Promise<T>;
  /** Infinite as long as it is on its way. */
  lifeMs: number;
}

/** How a manifest is reached at this moment. */
export interface Standing {
  /** The tags that mean it, sorted. */
  readonly tags: readonly string[];
  /** Tags of indexes that list it, at any depth; sorted. */
  readonly listedBy: readonly string[];
}

/**
 * What the tags of repositories mean at this moment, for removals: shared by those that come close together. After a look
 * that failed there is no other at that repository.
 */
export class TagLook {
  readonly #client: RegistryClient;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #reach: ManifestReach;
  readonly #memory: TagMemory;
  readonly #breaker = new RepositoryBreaker();
  readonly #looks = new Map<string, UnderWay<Look>>();
  readonly #lists = new Map<string, UnderWay<List>>();
  readonly #standings = new Map<string, { readonly atMs: number; readonly standing: Standing }>();

  constructor(
    client: RegistryClient,
    facts: ManifestFactsReader,
    memory: TagMemory,
    clock: Clock,
    signal: AbortSignal,
  ) {
    this.#client = client;
    this.#memory = memory;
    this.#reach = new ManifestReach(client.registry, facts);
    this.#clock = clock;
    this.#signal = signal;
  }

  /**
   * How a manifest is reached; an answer given for it less than `withinMs` ago is given again. Rejects when any of its tags
   * or of the indexes cannot be looked up.
   */
  standingOf(repository: string, digest: Digest, withinMs = 0): Promise<Standing> {
    const key = `${repository}@${digest}`;
    return this.#breaker.look(repository, async () => {
      const known = this.#standings.get(key);
      const atMs = this.#clock();
      if (known !== undefined && atMs - known.atMs < withinMs) return known.standing;
      const standing = await this.#standingOf(repository, digest);
      this.#standings.set(key, { atMs, standing });
      return standing;
    });
  }

  /** What a tag means now; undefined when it is not there. */
  meaningOf(repository: string, tag: string): Promise<Digest | undefined> {
    return this.#breaker.look(repository, () => this.#ask(repository, tag));
  }

  has(repository: string, digest: Digest): Promise<boolean> {
    return this.#breaker.look(repository, async () => {
      return (await this.#client.headManifest(repository, digest)) !== undefined;
    });
  }

  /**
   * After one of its tags was taken away. Rejects when the manifest went with it, as with registries that take a tag for the
   * image; then nothing more is done at that repository.
   */
  requireStill(repository: string, digest: Digest): Promise<void> {
    return this.#breaker.look(repository, async () => {
      if ((await this.#client.headManifest(repository, digest)) !== undefined) return;
      throw new RegistryError("protocol", {
        registry: this.#client.registry,
        detail: "the registry has deleted the image with the tag, and with it its other tags",
      });
    });
  }

  /**
   * After it was deleted. Rejects when one of its tags still means it, as with registries that keep what tags mean by itself: its
   * attachments must not go then, nor anything else at that repository. A look that fails is left to the last one of the run.
   */
  async requireGone(repository: string, digest: Digest, [tag]: readonly string[]): Promise<void> {
    if (tag === undefined) return;
    const meaning = await this.#breaker
      .look(repository, () => this.#ask(repository, tag, digest))
      .catch((error: unknown) => {
        if (error instanceof RegistryError) return undefined;
        throw error;
      });
    if (meaning !== digest) return;
    await this.#breaker.look(repository, () => {
      throw new RegistryError("protocol", {
        registry: this.#client.registry,
        detail: `the registry says that it has deleted the image, and still has it by its tag ${tag}`,
      });
    });
  }

  /** Deletes by digest, after a look; where the registry does not let us, it is not asked again for that repository. */
  deleting<T>(repository: string, act: () => Promise<T>): Promise<T> {
    return this.#breaker.act(repository, act);
  }

  /** The manifest was deleted: none of its tags is there any more. */
  async forget(repository: string, digest: Digest): Promise<void> {
    this.#standings.delete(`${repository}@${digest}`);
    const look = await this.#looks.get(repository)?.answer;
    const list = await this.#lists.get(repository)?.answer;
    for (const [tag, { digest: meaning }] of look?.tags ?? []) {
      if (meaning !== digest) continue;
      look?.tags.delete(tag);
      list?.tags.delete(tag);
    }
  }

  async #standingOf(repository: string, digest: Digest): Promise<Standing> {
    const tags = await this.#meanings(repository, digest);
    await this.#reach.learn(repository, new Set(tags.values()), this.#signal);
    const own: string[] = [];
    const listedBy: string[] = [];
    for (const [tag, meaning] of tags) {
      if (meaning === digest) own.push(tag);
      else if (this.#reach.below(meaning).has(digest)) listedBy.push(tag);
    }
    return { tags: own.toSorted(), listedBy: listedBy.toSorted() };
  }

  /** What every tag means that is listed now; those that meant `digest` are asked again, and those that are new. */
  async #meanings(repository: string, digest: Digest): Promise<ReadonlyMap<string, Digest>> {
    const { atMs, tags } = await this.#look(repository);
    const list = await this.#list(repository);
    if (list.atMs > atMs) for (const tag of tags.keys()) if (!list.tags.has(tag)) tags.delete(tag);
    const nowMs = this.#clock();
    const asked = [...list.tags.union(tags)].filter((tag) => {
      const known = tags.get(tag);
      if (known === undefined) return true;
      return known.digest === digest && nowMs - known.askedAtMs >= OWN_TAG_LIFE_MS;
    });
    await inParallel(asked, this.#signal, async (tag) => {
      const askedAtMs = this.#clock();
      const meaning = await this.#ask(repository, tag, tags.get(tag)?.digest);
      if (meaning === undefined) tags.delete(tag);
      else tags.set(tag, { digest: meaning, askedAtMs });
    });
    return new Map([...tags].map(([tag, meaning]) => [tag, meaning.digest]));
  }

  #look(repository: string): Promise<Look> {
    return this.#shared(
      this.#looks,
      repository,
      () => this.#askAll(repository),
      ({ atMs }) => {
        const { least, most } = LOOK_LIFE_MS;
        const tookMs = this.#clock() - atMs;
        return tookMs + Math.min(most, Math.max(least, 2 * tookMs));
      },
    );
  }

  #list(repository: string): Promise<List> {
    return this.#shared(
      this.#lists,
      repository,
      () => this.#readList(repository),
      () => LIST_LIFE_MS,
    );
  }

  #shared<T>(
    known: Map<string, UnderWay<T>>,
    repository: string,
    ask: () => Promise<T>,
    lifeOf: (answer: T) => number,
  ): Promise<T> {
    const before = known.get(repository);
    const atMs = this.#clock();
    if (before !== undefined && atMs - before.atMs < before.lifeMs) return before.answer;
    const answer = ask();
    const underWay = { atMs, answer, lifeMs: Number.POSITIVE_INFINITY };
    known.set(repository, underWay);
    answer.then(
      (given) => (underWay.lifeMs = lifeOf(given)),
      () => known.delete(repository),
    );
    return answer;
  }

  /** Each with what it meant last, so that a registry need not tell anybody of it (RFC 9110, "If-None-Match"). */
  async #askAll(repository: string): Promise<Look> {
    const tags = new Map<string, Meaning>();
    const atMs = this.#clock();
    const list = await this.#readList(repository);
    const known = this.#memory.recall(repository);
    await inParallel(list.tags, this.#signal, async (tag) => {
      const askedAtMs = this.#clock();
      const digest = await this.#ask(repository, tag, known.get(tag));
      if (digest !== undefined) tags.set(tag, { digest, askedAtMs });
    });
    this.#lists.set(repository, {
      atMs: list.atMs,
      answer: Promise.resolve(list),
      lifeMs: LIST_LIFE_MS,
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
