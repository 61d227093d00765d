import { ScriptedEngine } from "./scripted-engine.ts";

const ANSWERS: Readonly<Record<string, unknown>> = {
  "/info": {
    ID: "an-idle-engine",
    Driver: "overlay2",
    DockerRootDir: "/nonexistent",
    Swarm: { LocalNodeState: "inactive" },
  },
  "/volumes": { Volumes: [] },
  "/system/df": {},
};

/** An engine that holds nothing, as `DOCKER_HOST` names it, until the test ends. */
export async function startIdleEngine(): Promise<string> {
  const { endpoint } = await ScriptedEngine.start((request) => {
    const path = request.replace(/^GET /, "").replace(/\?.*$/, "");
    return ANSWERS[path] ?? [];
  });
  return endpoint.kind === "unix" ? `unix://${endpoint.socketPath}` : "";
}
