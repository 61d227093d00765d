import { createHash } from "node:crypto";

export interface StoredManifest {
  readonly bytes: Buffer;
  readonly mediaType: string;
  /** Milliseconds since the epoch, as those of tags. */
  pushedMs: number;
  pulledMs?: number;
}

export interface StoredTag {
  digest: string;
  pushedMs: number;
}

export interface MemoryRepository {
  readonly manifests: Map<string, StoredManifest>;
  readonly tags: Map<string, StoredTag>;
  readonly blobs: Map<string, Buffer>;
}

/** What a registry stores, without any way to speak to it. */
export class MemoryRegistry {
  readonly repositories = new Map<string, MemoryRepository>();

  /** Made by the first push, as registries do. */
  open(name: string): MemoryRepository {
    const known = this.repositories.get(name);
    if (known !== undefined) return known;
    const made = { manifests: new Map(), tags: new Map(), blobs: new Map() };
    this.repositories.set(name, made);
    return made;
  }

  putManifest(name: string, reference: string, bytes: Buffer, mediaType: string): string {
    const repository = this.open(name);
    const digest = digestOf(bytes);
    const pushedMs = Date.now();
    const known = repository.manifests.get(digest);
    if (known === undefined) repository.manifests.set(digest, { bytes, mediaType, pushedMs });
    if (!reference.startsWith("sha256:")) repository.tags.set(reference, { digest, pushedMs });
    return digest;
  }

  resolve(name: string, reference: string): string | undefined {
    const repository = this.repositories.get(name);
    if (repository?.manifests.has(reference)) return reference;
    return repository?.tags.get(reference)?.digest;
  }

  tagsOf(name: string, digest: string): readonly string[] {
    const tags = this.repositories.get(name)?.tags ?? new Map<string, StoredTag>();
    return [...tags].flatMap(([tag, stored]) => (stored.digest === digest ? [tag] : []));
  }

  /** With all its tags. False where it was not there. */
  deleteManifest(name: string, digest: string): boolean {
    const repository = this.repositories.get(name);
    for (const tag of this.tagsOf(name, digest)) repository?.tags.delete(tag);
    return repository?.manifests.delete(digest) ?? false;
  }

  childrenOf(name: string, digest: string): readonly string[] {
    const { manifests = [] } = this.#read(name, digest) as { manifests?: { digest: string }[] };
    return manifests.map((child) => child.digest);
  }

  /** Indexes of the repository that list it. */
  parentsOf(name: string, digest: string): readonly string[] {
    const all = [...(this.repositories.get(name)?.manifests.keys() ?? [])];
    return all.filter((each) => this.childrenOf(name, each).includes(digest));
  }

  referrersOf(name: string, subject: string): readonly string[] {
    const all = [...(this.repositories.get(name)?.manifests.keys() ?? [])];
    return all.filter((each) => {
      const document = this.#read(name, each) as { subject?: { digest: string } };
      return document.subject?.digest === subject;
    });
  }

  #read(name: string, digest: string): unknown {
    const bytes = this.repositories.get(name)?.manifests.get(digest)?.bytes;
    return bytes === undefined ? {} : JSON.parse(bytes.toString("utf8"));
  }
}

export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
