import type { Action } from "./plan.ts";

/** How a container comes back, as is said before it goes. */
export const CONTAINER_WAY_BACK: Action["recovery"] = {
  way: "record",
  detail: "made again from its recorded configuration; what it wrote outside volumes is lost",
};
