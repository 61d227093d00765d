import { familiarName } from "../../oci/reference.ts";
import type { ImageEvent } from "../../plan/explain/explain-events.ts";
import type { Turn } from "../../plan/explain/explain-turns.ts";
import { CALENDAR } from "../../policy/calendar.ts";
import { count } from "./view-bytes.ts";
import { describeUse, listSome } from "./view-image.ts";
import { formatMoment } from "./view-moment.ts";
import { nameSubject } from "./view-subject.ts";

/** So many of one kind are named. */
const MAX_NAMED = 3;

/** What would have to happen for the answer to become the other one, a sentence for each way. */
export function sayTurns(turns: readonly Turn[]): readonly string[] {
  return turns.map(({ to, events }) => {
    const [only] = events;
    if (events.length === 1 && only?.kind === "time-passes")
      return `${to === "goes" ? "kept" : "goes"} until ${formatMoment(only.until)}`;
    return `${to === "goes" ? "goes" : "stays"} ${joinEvents(events)}`;
  });
}

function joinEvents(events: readonly ImageEvent[]): string {
  const happenings = events.filter(({ kind }) => kind !== "time-passes").map(sayEvent);
  const time = events.find((event) => event.kind === "time-passes");
  const when = `when ${happenings.join(" and ")}`;
  return time === undefined ? when : `${when}, after ${formatMoment(time.until)}`;
}

function sayEvent(event: ImageEvent): string {
  switch (event.kind) {
    case "time-passes":
      return `${formatMoment(event.until)} is over`;
    case "uses-end": {
      const uses = [...new Set(event.uses.map(describeUse))];
      return `${listSome(uses, MAX_NAMED)} ${uses.length === 1 ? "is" : "are"} gone`;
    }
    case "names-leave": {
      const names = event.references.map(familiarName);
      return names.length === 1
        ? `the name ${listSome(names, 1)} no longer means it`
        : `the names ${listSome(names, MAX_NAMED)} no longer mean it`;
    }
    case "newer-images":
      return sayNewer(event);
    case "holders-go": {
      const names = event.images.map(({ id, references }) => nameSubject(id, references));
      return `${listSome(names, MAX_NAMED)} ${names.length === 1 ? "is" : "are"} gone`;
    }
    case "use-becomes-known":
      return "it is known that nothing uses it";
    case "disk-fills":
      return `the disk is more than ${Math.round(event.fromShare * 100)} % full, if its turn comes`;
    case "active-again":
      return "it is used or pulled once more";
    case "use-begins":
      return "a container is made of it";
  }
}

function sayNewer({ count: amount, group, by }: NewerImages): string {
  const of = familiarName(group);
  if (by === "age" || by === "version") {
    const what = by === "age" ? "newer image" : "higher version";
    return `${count(amount, what)} of ${of} ${amount === 1 ? "has" : "have"} come`;
  }
  return `images of ${of} have come in ${count(amount, `further ${CALENDAR[by].noun}`)}`;
}

type NewerImages = Extract<ImageEvent, { readonly kind: "newer-images" }>;
