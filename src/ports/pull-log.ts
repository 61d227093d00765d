import type { Digest } from "../oci/digest.ts";

/** A manifest was pulled by something that uses it. */
export interface Pull {
  /** The host by which clients name the registry. */
  readonly registry: string;
  readonly repository: string;
  readonly digest: Digest;
  /** RFC 3339, UTC. */
  readonly at: string;
}

/** What a listener heard at one moment; nothing at all is the sign that it was there to hear. */
export interface Heard {
  /** RFC 3339, UTC. */
  readonly at: string;
  /** Tells listeners apart: the address that it listens at. */
  readonly listener: string;
  /** Registries that told something, pulls or not. */
  readonly registries: readonly string[];
  readonly pulls: readonly Pull[];
}

/** What is known about pulls from one registry. */
export interface PullEvidence {
  /** Every pull since then is known. RFC 3339, UTC. */
  readonly since: string;
  /** By `repository@digest`: when it was pulled last. */
  readonly lastPulledAt: ReadonlyMap<string, string>;
}

export interface PullLog {
  /** Durable when it returns. */
  note(heard: Heard): void;
  /** Undefined where pulls from there may have been missed lately. */
  read(registry: string, now: string): PullEvidence | undefined;
}
