import type { Digest } from "../oci/digest.ts";
import type { ContentCheck } from "./content-check.ts";
import type { RegistryProduct } from "./registry-capabilities.ts";

/** A policy that a registry carries out by itself, as its interface has it. */
export type ServerPolicy = Readonly<Record<string, unknown>>;

/** A tag that a registry would take. */
export interface ServerRemoval {
  readonly tag: string;
  readonly digest: Digest;
}

/** Retention that a registry carries out by itself. */
export interface ServerPolicies {
  /** Which import reads them. */
  readonly kind: "dtr" | "harbor";
  repositories(): AsyncIterable<string>;
  /** Those that apply to a repository. */
  read(repository: string): Promise<readonly ServerPolicy[]>;
  /** What the registry would take there by its own policies now. It takes nothing. */
  dryRun(repository: string): Promise<readonly ServerRemoval[]>;
  /** Absent where another policy can be neither tried nor written for one repository. */
  readonly writing?: {
    /** What the registry would take by this policy now. It takes nothing. */
    test(repository: string, policy: ServerPolicy): Promise<readonly ServerRemoval[]>;
    /** Adds a policy. It prunes when the registry's own schedule says so, not at once. */
    add(repository: string, policy: ServerPolicy): Promise<void>;
  };
}

/** One run of a registry's own garbage collection. */
export interface CollectionJob {
  readonly id: string;
  readonly state: "waiting" | "running" | "done" | "failed" | "stopped";
  /** In the registry's own words, where it has any: its status, what it freed. */
  readonly detail: string;
}

/** A garbage collection that a registry runs by itself, while it is being used. */
export interface ServerCollection {
  /** Whether nothing can be pushed meanwhile. */
  readonly readOnly: boolean;
  /** Absent where the registry cannot tell beforehand. */
  readonly dryRun?: () => Promise<CollectionJob>;
  start(): Promise<CollectionJob>;
  look(id: string): Promise<CollectionJob>;
  /** The end of what it has written down of a run. */
  log(id: string): Promise<readonly string[]>;
}

/** What a registry does to itself. */
export interface VendorUpkeep {
  readonly policies?: ServerPolicies;
  /** Rejects where this user may not ask. */
  readonly collection?: () => Promise<ServerCollection>;
}

export interface ServerUpkeep extends VendorUpkeep {
  readonly product: RegistryProduct;
  /** Whether all of an inventory is still there, without a request that counts as a pull. */
  readonly check: ContentCheck;
}
