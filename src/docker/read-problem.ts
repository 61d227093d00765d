import type { Unread } from "../inventory/inventory.ts";
import { EngineError } from "./engine-error.ts";

const NAMES: Readonly<Record<Unread, string>> = {
  images: "the images",
  repositories: "some repositories",
  containers: "the containers",
  services: "the Swarm services",
  volumes: "the volumes",
  networks: "the networks",
  "build-cache": "the build cache",
};

/** Collects what of an inventory could not be read. */
export class ReadProblems {
  readonly sentences: string[] = [];
  readonly unread: Unread[] = [];

  /** Answers `instead` where the engine will not tell; anything but the engine's own failure is thrown on. */
  async attempt<T>(part: Unread, read: () => Promise<T>, instead: T): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof EngineError) || error.kind === "aborted") throw error;
      this.unread.push(part);
      this.sentences.push(`${NAMES[part]} could not be read: ${error.message}`);
      return instead;
    }
  }
}
