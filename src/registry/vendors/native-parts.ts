import type { RegistryClient } from "../registry-client.ts";

/** What a vendor needs that is spoken to by the protocol and, where it lets this user, by its own interface. */
export interface NativeParts {
  readonly registry: string;
  readonly client: RegistryClient;
  /** Told what is done without, and why. */
  readonly notify: (message: string) => void;
  /** The token for its own interface; undefined where what docker has stored is none. */
  readonly bearer: () => Promise<string | undefined>;
}
