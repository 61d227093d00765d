import type { SecureAction } from "../apply/secure-action.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { Action, Plan } from "../plan/plan.ts";
import type { Clock } from "../ports/clock.ts";
import type { ImageContentReader } from "../ports/image-content.ts";
import type { RecoveryBin } from "../ports/recovery-bin.ts";
import type { RegistryLookup } from "../ports/registry-lookup.ts";
import { archiveImage } from "../recovery/archive-image.ts";

/** What putting images by needs; a target without it cannot give anything back. */
export interface RecoveryParts {
  readonly reader: ImageContentReader;
  readonly openBin: () => Promise<RecoveryBin>;
  readonly openLookup: () => Promise<RegistryLookup>;
}

/** `close` ends the connections that were made. */
interface Securing {
  readonly secure: SecureAction;
  close(): Promise<void>;
}

/** Makes the way back of each action durable, one at a time: images that go together often share most of their content. */
export function secureImages(
  plan: Plan,
  inventory: Inventory,
  target: { readonly key: string; readonly name: string },
  parts: RecoveryParts | undefined,
  record: SecureAction,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Securing {
  const images = new Map(inventory.images.map((image) => [image.id, image]));
  let bin: Promise<RecoveryBin> | undefined;
  let lookup: Promise<RegistryLookup> | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const archive = async ({ subject }: Pick<Action, "subject">): Promise<{ detail: string }> => {
    const image = images.get(subject);
    if (parts === undefined) throw new Error("this target has no recovery bin");
    if (image === undefined) throw new Error("the inventory does not have it");
    const { id, references, repoDigests, createdAt, blobs } = image;
    const removed = {
      id,
      references,
      repoDigests,
      targetKey: target.key,
      targetName: target.name,
      planId: plan.id,
      removedAt: new Date(clock()).toISOString(),
      ...(createdAt === undefined ? {} : { createdAt }),
    };
    const opened = await (bin ??= parts.openBin());
    await archiveImage({ image: removed, blobs }, { reader: parts.reader, bin: opened }, signal);
    return { detail: `in the recovery bin ${opened.location}` };
  };

  /** What a registry had when the plan was made it may have no more. */
  const askAgain = async ({ subject, recovery }: Action): Promise<{ detail: string }> => {
    const image = images.get(subject);
    if (parts === undefined || image === undefined) return archive({ subject });
    const asked = { id: image.id, repoDigest: recovery.detail, platforms: image.platforms };
    const answer = await (await (lookup ??= parts.openLookup())).ask(asked, signal);
    return answer.kind === "held" ? { detail: recovery.detail } : archive({ subject });
  };

  return {
    async secure(action) {
      const { way } = action.recovery;
      if (way === "record") return record(action);
      if (way === "registry") return askAgain(action);
      if (way !== "archive") throw new Error(`no way "${way}" is known here`);
      const mine = turn.then(() => archive(action));
      turn = mine.catch(() => undefined);
      return mine;
    },
    async close() {
      await (await lookup)?.close();
    },
  };
}
