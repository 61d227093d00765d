import type { ContainerWords } from "./host-words.ts";

export const CONTAINER_STATES = [
  "created",
  "running",
  "paused",
  "restarting",
  "removing",
  "exited",
  "dead",
] as const;

export type ContainerState = (typeof CONTAINER_STATES)[number];

export function isContainerState(text: string): text is ContainerState {
  return CONTAINER_STATES.some((state) => state === text);
}

/** In that state for so long. */
export function stateSince(state: string, age: string): ContainerWords {
  if (state === "created") return { state, created: age };
  return state === "exited" || state === "dead" ? { state, ended: age } : { state, started: age };
}
