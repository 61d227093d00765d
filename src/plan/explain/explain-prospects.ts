import type { Image } from "../../inventory/image.ts";
import type { Inventory } from "../../inventory/inventory.ts";
import type { CountedKind, CriterionResult } from "../../policy/criterion.ts";
import type { Policy } from "../../policy/policy.ts";
import type { ExplainedDecision } from "./explain-decision.ts";
import type { ImageEvent, Succession } from "./explain-events.ts";
import { limitsAhead } from "./explain-limits.ts";
import type { Prospects } from "./explain-turns.ts";
import type { ImageFacts } from "../image-facts.ts";

/** What could change the answer about the image at that position: what the answer rests on, ended. */
export function prospectsOf(
  decision: ExplainedDecision,
  goesNow: boolean,
  { images, usesAt, heldBy }: ImageFacts,
  position: number,
  world: { readonly inventory: Inventory; readonly policy: Policy; readonly nowMs: number },
): Prospects | undefined {
  const image = images[position];
  if (image === undefined) return undefined;
  const { inventory, policy, nowMs } = world;
  const holders = holdersOf(position, heldBy).flatMap((each) => images[each] ?? []);
  const limitsMs = limitsAhead([image, ...holders], inventory, policy, nowMs);
  if (goesNow) return { image, goesNow, events: comebacks(inventory), limitsMs };
  const uses = usesAt.get(position) ?? [];
  const events: ImageEvent[] = [];
  if (uses.length > 0) events.push({ kind: "uses-end", uses });
  if (inventory.unread.length > 0) events.push({ kind: "use-becomes-known" });
  if (holders.length > 0) events.push({ kind: "holders-go", images: holders });
  events.push(...successions(decision));
  const references = namesThatStay(decision, image);
  if (references.length > 0) events.push({ kind: "names-leave", references });
  const { start } = policy.headroom ?? {};
  if (start !== undefined && "share" in start)
    events.push({ kind: "disk-fills", fromShare: start.share });
  return { image, goesNow, events, limitsMs };
}

/** Nothing but a name is ever used in a registry or a layout. */
function comebacks({ target }: Inventory): readonly ImageEvent[] {
  const again: ImageEvent = { kind: "active-again" };
  return target.kind === "engine" ? [again, { kind: "use-begins" }] : [again];
}

/** What stands on the image, and what stands on that. */
function holdersOf(position: number, heldBy: ImageFacts["heldBy"]): readonly number[] {
  const found = new Set(heldBy.get(position) ?? []);
  for (const each of found) for (const holder of heldBy.get(each) ?? []) found.add(holder);
  found.delete(position);
  return [...found];
}

function namesThatStay({ names }: ExplainedDecision, { references }: Image): readonly string[] {
  const staying = new Set(names.flatMap(({ name, outcome }) => (outcome === "stays" ? name : [])));
  return references.filter((reference) => staying.has(reference));
}

/** What has to come for the image to be counted out, by each criterion that counts and holds. */
function successions({ names }: ExplainedDecision): readonly ImageEvent[] {
  const most = new Map<Succession, Extract<ImageEvent, { kind: "newer-images" }>>();
  const results = names.flatMap(({ rules }) =>
    rules.flatMap(({ criteria }) => criteria.map(({ result }) => result)),
  );
  for (const result of results) {
    if (!isCounted(result) || result.holds !== true || result.place === undefined) continue;
    const by = successionOf(result);
    const count = result.limit - result.place.rank + 1;
    if (count > (most.get(by)?.count ?? 0))
      most.set(by, { kind: "newer-images", count, group: result.place.group, by });
  }
  return [...most.values()];
}

type Counted = Extract<CriterionResult, { readonly kind: CountedKind }>;

function isCounted(result: CriterionResult): result is Counted {
  return result.kind !== "always" && result.kind !== "within";
}

function successionOf({ kind, by }: Counted): Succession {
  if (by === "version") return "version";
  return kind === "last" || kind === "perMajor" || kind === "perMinor" ? "age" : kind;
}
