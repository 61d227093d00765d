import type { JsonObject } from "../../oci/json-object.ts";
import type { Describer, RecordedKind } from "../../ports/removed-record.ts";
import { imagePath } from "../connection/api-path.ts";
import type { EngineClient } from "../connection/engine-client.ts";
import { EngineError } from "../engine-error.ts";

/** Tells what things are by the engine's own descriptions of them. */
export class EngineDescriber implements Describer {
  readonly #client: EngineClient;

  constructor(client: EngineClient) {
    this.#client = client;
  }

  async describe(kind: RecordedKind, id: string): Promise<JsonObject | undefined> {
    switch (kind) {
      case "container":
        return (await this.#find(`/containers/${encodeURIComponent(id)}/json`)) as JsonObject;
      case "network":
        return (await this.#find(`/networks/${encodeURIComponent(id)}`)) as JsonObject;
      case "image": {
        const inspected = (await this.#find(imagePath(id, "/json"))) as JsonObject | undefined;
        // The containerd store knows no history of an image whose content is incomplete.
        const history = inspected && (await this.#find(imagePath(id, "/history")));
        return inspected && { inspected, ...(history === undefined ? {} : { history }) };
      }
      default:
        return kind satisfies never;
    }
  }

  async #find(path: string): Promise<unknown> {
    try {
      return await this.#client.getJson(path);
    } catch (error) {
      if (error instanceof EngineError && error.kind === "not-found") return undefined;
      throw error;
    }
  }
}
