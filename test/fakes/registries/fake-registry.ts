import type { MemoryRegistry } from "./memory-registry.ts";
import type { RunningFake } from "./serve.ts";

/** A vendor's server on loopback, and what it stores. */
export interface FakeRegistry extends RunningFake {
  readonly memory: MemoryRegistry;
}
