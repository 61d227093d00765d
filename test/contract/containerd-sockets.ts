import type { RunningEngine } from "../harness/engines.ts";

const sockets = new Map<string, string>();

/** Docker tells where its containerd is since API 1.46. Before that it is in a usual place, but for scratch folders. */
export function noteContainerd({ kind, host, containerdSocket }: RunningEngine): void {
  if (kind === "docker-26.1-containerd" && containerdSocket !== undefined)
    sockets.set(host, containerdSocket);
}

/** What a program has to be told to find the containerd of the engine at that address. */
export function containerdEnvironment(host: string): NodeJS.ProcessEnv {
  const socket = sockets.get(host);
  return socket === undefined ? {} : { PLIMSOLL_CONTAINERD: socket };
}
