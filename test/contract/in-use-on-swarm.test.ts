import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Plan } from "../../src/plan/plan.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { deleteBridge } from "../harness/bridges.ts";
import { callApiJson } from "../harness/engine-api.ts";
import { enginesToTest, reportNotTested } from "../harness/engine-kinds.ts";
import { freeLoopbackPort } from "../harness/free-port.ts";
import { RegistryPusher } from "../harness/registry-images.ts";
import { startRegistry, type RunningRegistry } from "../harness/registry.ts";
import { startEngineTarget, type EngineTarget } from "./engine-target.ts";
import { runProgram } from "./program.ts";

interface ServiceAnswer {
  readonly Version: { readonly Index: number };
  readonly Spec: { readonly TaskTemplate: { readonly ContainerSpec: { readonly Image: string } } };
  readonly PreviousSpec?: ServiceAnswer["Spec"];
}

interface InfoAnswer {
  readonly Swarm: { readonly RemoteManagers: readonly { readonly Addr: string }[] };
}

interface SwarmAnswer {
  readonly JoinTokens: { readonly Worker: string };
}

/** A Swarm's engines share this bridge of the machine, and leave it behind. */
const GATEWAY = "docker_gwbridge";

const hasGateway = (): boolean => existsSync(`/sys/class/net/${GATEWAY}`);

/** Where the machine is part of a Swarm itself, its bridge is not to be touched. */
const isTaken = hasGateway();
if (isTaken) reportNotTested("Swarm", `this machine has a bridge ${GATEWAY} already`);
const dockers = enginesToTest().filter((kind) => kind.startsWith("docker"));

describe.skipIf(isTaken).each(dockers)("%s", (kind) => {
  let registry: RunningRegistry;
  let target: EngineTarget;
  beforeAll(async () => {
    registry = await startRegistry();
    target = await startEngineTarget(kind, { insecureRegistries: [registry.address] });
    await callApiJson(target.engine, "POST", "/swarm/init", {
      ListenAddr: `127.0.0.1:${await freeLoopbackPort()}`,
      AdvertiseAddr: "127.0.0.1",
    });
  });
  afterAll(async () => {
    await target.stop();
    if (hasGateway()) deleteBridge(GATEWAY);
    await registry.stop();
  });

  const nameOf = (tag: string): string => `${registry.address}/app:${tag}`;

  /** A service that never gets a task: what it would start is all that is known of its image. */
  const specOf = (image: string): object => ({
    Name: "api",
    TaskTemplate: { ContainerSpec: { Image: image } },
    Mode: { Replicated: { Replicas: 0 } },
  });

  test("what a service is and was specified to be stays, by digest and by tag", async () => {
    const pusher = new RegistryPusher(registry.url);
    const before = await pusher.image("app", { tag: "before" });
    for (const tag of ["now", "unused"]) await pusher.image("app", { tag });
    const byDigest = `${nameOf("before")}@${before.digest}`;
    const { ID } = await callApiJson<{ ID: string }>(
      target.engine,
      "POST",
      "/services/create",
      specOf(byDigest),
    );
    const created = await callApiJson<ServiceAnswer>(target.engine, "GET", `/services/${ID}`);
    await callApiJson(
      target.engine,
      "POST",
      `/services/${ID}/update?version=${created.Version.Index}`,
      specOf(nameOf("now")),
    );
    const updated = await callApiJson<ServiceAnswer>(target.engine, "GET", `/services/${ID}`);
    expect(updated.PreviousSpec?.TaskTemplate.ContainerSpec.Image).toBe(byDigest);

    const plan = await planFor({ swarm: target });
    expect(plan.actions.flatMap(({ references }) => references)).toEqual([nameOf("unused")]);
    for (const tag of ["before", "now"])
      expect(whyKept(plan, tag)).toBe("used by service api on host swarm");
  });

  test("a worker alone cannot tell what its services would start", async () => {
    const worker = await startEngineTarget(kind);
    try {
      const managers = await callApiJson<InfoAnswer>(target.engine, "GET", "/info");
      const { JoinTokens } = await callApiJson<SwarmAnswer>(target.engine, "GET", "/swarm");
      // Both engines are in one network: each has an address of its own.
      await callApiJson(worker.engine, "POST", "/swarm/join", {
        ListenAddr: `127.0.0.2:${await freeLoopbackPort()}`,
        AdvertiseAddr: "127.0.0.2",
        RemoteAddrs: managers.Swarm.RemoteManagers.map(({ Addr }) => Addr),
        JoinToken: JoinTokens.Worker,
      });
      const alone = await planFor({ worker });
      expect(alone.actions).toEqual([]);
      expect(alone.notes.join()).toContain("worker (it is a worker of a Swarm");
      const together = await planFor({ worker, swarm: target });
      expect(together.actions.flatMap(({ references }) => references)).toEqual([nameOf("unused")]);
    } finally {
      await worker.stop();
    }
  });

  async function planFor(engines: Readonly<Record<string, EngineTarget>>): Promise<Plan> {
    const memory = scratchFolder();
    const path = join(memory, "policy.yaml");
    const hosts = Object.entries(engines).map(([name, { address }]) => [name, { engine: address }]);
    const file = {
      version: 1,
      targets: { hub: { registry: registry.address }, ...Object.fromEntries(hosts) },
      images: [{ match: {}, keep: { none: true } }],
      limits: { wholeRepositories: "allow" },
    };
    // JSON is YAML.
    writeFileSync(path, JSON.stringify(file));
    const words = ["plan", "-p", path, "-t", "hub", "--json"];
    const { code, stdout, stderr } = await runProgram(words, memory);
    expect(stderr).not.toContain("error");
    expect(code).toBe(0);
    return JSON.parse(stdout) as Plan;
  }

  const whyKept = ({ kept }: Plan, tag: string): string | undefined =>
    kept.find(({ references }) => references.includes(nameOf(tag)))?.reasons[0]?.detail;
});
