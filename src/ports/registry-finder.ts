import type { Digest } from "../oci/digest.ts";

/** A registry as it is reached. */
export interface RegistryPlace {
  /** With its port, where one is given. */
  readonly host: string;
  /** Without TLS. */
  readonly plainHttp?: boolean;
}

/** What is looked for in one registry. Literals are asked for; tests hold for what is listed. */
export interface RegistryQuery {
  readonly repository: string | ((path: string) => boolean);
  /** A tag or a digest; a test on tags. */
  readonly reference: string | ((tag: string) => boolean);
}

/** An image that a registry has now. */
export interface RegistryFinding {
  readonly repository: string;
  /** Absent where it was asked for by its digest. */
  readonly tag?: string;
  readonly digest: Digest;
  /** Empty where it is not known. */
  readonly platforms: readonly string[];
  /** RFC 3339; absent where it is not known. */
  readonly createdAt?: string;
}

export interface RegistryFindings {
  readonly found: readonly RegistryFinding[];
  /** What was not looked at and why, a sentence each. */
  readonly leftOut: readonly string[];
}

/** A repository that Docker Hub's search knows. */
export interface HubRepository {
  /** As `docker pull` takes it. */
  readonly name: string;
  readonly description: string;
  readonly stars: number;
  readonly official: boolean;
}

/** Looks for images in registries by their names; each call rejects where the registry does not answer. */
export interface RegistryFinder {
  find(place: RegistryPlace, query: RegistryQuery, signal: AbortSignal): Promise<RegistryFindings>;
  /** Docker Hub's search: what is called nearly so. */
  search(text: string, signal: AbortSignal): Promise<readonly HubRepository[]>;
  close(): Promise<void>;
}
