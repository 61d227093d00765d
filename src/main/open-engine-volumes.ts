import { createHash } from "node:crypto";
import { hostname } from "node:os";

import type { Settings } from "../config/read-settings.ts";
import type { EngineClient } from "../docker/connection/engine-client.ts";
import { EngineVolumes } from "../docker/volumes/engine-volumes.ts";
import type { EngineTraits } from "../docker/read-engine.ts";
import { VolumeHelper } from "../docker/volumes/volume-helper.ts";
import type { VolumeContent } from "../ports/volume-content.ts";

/** Enough to tell users of one engine apart, and no name of theirs. */
const OWNER_DIGITS = 16;

/** Leases are taken in the state folder: what others left who share it, they left for good. */
export function openEngineVolumes(
  client: EngineClient,
  traits: () => Promise<EngineTraits>,
  { stateDir, userId }: Pick<Settings, "stateDir" | "userId">,
): VolumeContent {
  const owner = createHash("sha256").update(`${hostname()} ${stateDir}`).digest("hex");
  const helper = new VolumeHelper(client, owner.slice(0, OWNER_DIGITS));
  return new EngineVolumes({ client, traits, helper, isRoot: userId === 0 });
}
