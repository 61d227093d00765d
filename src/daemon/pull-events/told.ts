import type { Heard } from "../../ports/pull-log.ts";

export interface ReadOptions {
  /** RFC 3339, UTC. */
  readonly now: string;
  /** The name of the registry where a message does not tell it, and in place of the one that it tells. */
  readonly registry?: string | undefined;
  /** Beginnings of user agents that are no use, beside the known ones. */
  readonly ignoredAgents?: readonly string[] | undefined;
  /** Names of users whose pulls are no use. */
  readonly ignoredUsers?: readonly string[] | undefined;
}

/** What one message tells. */
export type Told = Pick<Heard, "registries" | "pulls">;
