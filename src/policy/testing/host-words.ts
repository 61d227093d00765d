import type { Engine, Inventory } from "../../inventory/inventory.ts";
import type { CacheRecord, Network } from "../../inventory/resources.ts";

/** An age (`3d`), a moment, or any other text as it is; `-` is unknown. */
export type When = string;

/** Texts with blanks stand for lists. */
export interface ImageWords {
  /** As docker prints them; `redis@word` is a digest name. */
  readonly names?: string;
  /** 30 days ago unless it is said otherwise. */
  readonly created?: When;
  readonly arrived?: When;
  readonly used?: When;
  readonly seen?: When;
  /** Its own word unless it is said otherwise. */
  readonly blobs?: string;
  readonly parent?: string;
  readonly children?: string;
  readonly subject?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly sizeBytes?: number;
  readonly platforms?: string;
  readonly unreadable?: string;
}

export interface ContainerWords {
  /** The word of an image. */
  readonly image?: string;
  /** What the engine shows; the first name of the image, or its ID. */
  readonly shown?: string;
  readonly manifest?: string;
  readonly state?: string;
  readonly created?: When;
  readonly started?: When;
  readonly ended?: When;
  readonly labels?: Readonly<Record<string, string>>;
  readonly mounts?: string;
  readonly volumes?: string;
  readonly networks?: string;
  readonly sizeBytes?: number;
}

interface ResourceWords {
  readonly created?: When;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface VolumeWords extends ResourceWords {
  readonly named?: true;
  /** `local` unless it is said otherwise. */
  readonly driver?: string;
  readonly sizeBytes?: number;
}

export type NetworkWords = ResourceWords & Partial<Pick<Network, "scope" | "builtIn">>;

export interface CacheWords extends Partial<
  Pick<CacheRecord, "type" | "inUse" | "shared" | "sizeBytes">
> {
  readonly used?: When;
  readonly parents?: string;
  readonly blobs?: string;
}

type Named<Words> = Readonly<Record<string, Words>>;

/** What a target holds, in words: of everything only what matters. An inventory is made of it. */
export interface HostWords {
  readonly target?: Inventory["target"]["kind"];
  readonly targetName?: string;
  /** Named by words, of which their IDs are made. */
  readonly images?: Named<ImageWords>;
  /** 1,000,000 bytes each where it is not said. */
  readonly blobs?: Named<number>;
  readonly held?: Named<string>;
  readonly containers?: Named<ContainerWords>;
  readonly services?: Named<string>;
  readonly volumes?: Named<VolumeWords>;
  readonly networks?: Named<NetworkWords>;
  readonly cache?: Named<CacheWords>;
  readonly store?: Engine["imageStore"];
  readonly disk?: NonNullable<Engine["disk"]>;
  readonly unread?: Inventory["unread"];
}
