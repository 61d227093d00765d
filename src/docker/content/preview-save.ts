import { isDigest, type Digest } from "../../oci/digest.ts";
import type { SavePreview } from "../../ports/save-preview.ts";
import { imagePath } from "../connection/api-path.ts";
import type { EngineClient } from "../connection/engine-client.ts";
import { EngineError } from "../engine-error.ts";
import type { EngineTraits } from "../read-engine.ts";
import { saveLeak } from "./save-leak.ts";

/** `GET /images/{id}/json`, as far as it is read. */
export interface InspectAnswer {
  readonly Architecture?: string;
  readonly RootFS?: { readonly Layers?: readonly string[] | null } | null;
  /** API 1.48, containerd store. */
  readonly Descriptor?: { readonly mediaType?: string } | null;
}

/** What the engine says of an image before it is saved; where it says nothing, what that means for keeping it. */
export async function lookBeforeSave(
  client: Pick<EngineClient, "getJson">,
  id: Digest,
  signal: AbortSignal,
): Promise<{ readonly inspected: InspectAnswer } | { readonly preview: SavePreview }> {
  try {
    return {
      inspected: await client.getJson<InspectAnswer>(imagePath(id, "/json"), { signal }),
    };
  } catch (error) {
    if (!(error instanceof EngineError) || error.kind === "aborted") throw error;
    // Gone: there is nothing to keep, and the look before the removal finds the same.
    if (error.kind === "not-found") return { preview: {} };
    return { preview: { obstacle: `it cannot be looked at: ${error.message}` } };
  }
}

/** What would leave something behind, or could not come whole, is told. `isStored`: no save is needed for these layers. */
export function previewOf(
  { Architecture, RootFS, Descriptor }: InspectAnswer,
  { engine, architecture }: Pick<EngineTraits, "engine" | "architecture">,
  isStored: (diffIds: readonly Digest[]) => boolean,
): SavePreview {
  if (engine.imageStore === "containerd") {
    const isIndex = /index|manifest\.list/.test(Descriptor?.mediaType ?? "");
    return isIndex && Architecture !== architecture
      ? {
          obstacle: `it cannot be saved: its content for this machine (${architecture}) is not here, only that for ${Architecture ?? "another one"}`,
        }
      : {};
  }
  const diffIds = (RootFS?.Layers ?? []).filter((layer): layer is Digest => isDigest(layer));
  const obstacle = saveLeak(engine, diffIds);
  return obstacle === undefined || isStored(diffIds) ? { diffIds } : { diffIds, obstacle };
}
