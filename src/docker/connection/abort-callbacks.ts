const callbacksOf = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls back when the signal aborts, until the returned function is called. However many requests wait for one signal, it
 * has one listener: Node warns of a leak when it has more than ten.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  let callbacks = callbacksOf.get(signal);
  if (callbacks === undefined) {
    const added = new Set<() => void>();
    callbacks = added;
    callbacksOf.set(signal, added);
    signal.addEventListener("abort", () => added.forEach((each) => each()), { once: true });
  }
  callbacks.add(callback);
  return () => void callbacks.delete(callback);
}
