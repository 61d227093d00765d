import type { Plimsoll } from "./run-plimsoll.ts";

/** Shows the engine's status and a plan for it. Nothing is removed: `apply` is not called. */
export function showEngine(plimsoll: Plimsoll): number {
  console.log("An engine answers: its status and a plan for it. Nothing is removed.");
  const statuses = [plimsoll.show("status"), plimsoll.show("plan", "--preset", "unused")];
  console.log("\nThat was a dry run with preset unused. To carry a plan out: plimsoll apply.");
  return Math.max(...statuses);
}
