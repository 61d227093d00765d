import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Plan } from "../../src/plan/plan.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { runContainer } from "../harness/containers.ts";
import { enginesToTest } from "../harness/engine-kinds.ts";
import { RegistryPusher } from "../harness/registry-images.ts";
import { pullImage, pushImage, removeImage } from "../harness/registry-transfer.ts";
import { startRegistry, type RunningRegistry } from "../harness/registry.ts";
import { newImage } from "./contract-images.ts";
import { startEngineTarget, type EngineTarget } from "./engine-target.ts";
import { runProgram } from "./program.ts";

const ACCEPT = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

interface ListedJson {
  readonly references: readonly string[];
  readonly elsewhere: { readonly kind: string };
}

const dockers = enginesToTest().filter(
  (kind) => kind.startsWith("docker") && kind !== "docker-20.10",
);

describe.each(dockers)("%s", (kind) => {
  let registry: RunningRegistry;
  let target: EngineTarget;
  beforeAll(async () => {
    registry = await startRegistry();
    target = await startEngineTarget(kind, { insecureRegistries: [registry.address] });
  });
  afterAll(async () => {
    await target.stop();
    await registry.stop();
  });

  const nameOf = (tag: string): string => `${registry.address}/app:${tag}`;

  /** Puts an image into the registry, and takes it off the engine again. */
  async function publish(tag: string): Promise<string> {
    await target.load([newImage([nameOf(tag)])]);
    const digest = await pushImage(target.engine, nameOf(tag));
    await removeImage(target.engine, nameOf(tag));
    return digest;
  }

  /** An index that lists what is there. */
  async function listIn(tag: string, digest: string): Promise<void> {
    const answer = await fetch(`${registry.url}/v2/app/manifests/${digest}`, {
      headers: { accept: ACCEPT },
    });
    const size = (await answer.arrayBuffer()).byteLength;
    const mediaType = answer.headers.get("content-type") ?? "";
    await new RegistryPusher(registry.url).index(
      "app",
      [{ digest, mediaType, size, architecture: "amd64" }],
      { tag },
    );
  }

  async function planFor(memory: string): Promise<Plan> {
    const path = join(memory, "policy.yaml");
    const file = {
      version: 1,
      targets: {
        hub: { registry: registry.address },
        "build-1": { engine: target.address },
      },
      images: [{ match: {}, keep: { none: true } }],
      limits: { wholeRepositories: "allow" },
    };
    // JSON is YAML.
    writeFileSync(path, JSON.stringify(file));
    const { code, stdout, stderr } = await runProgram(
      ["plan", "-p", path, "-t", "hub", "--json"],
      memory,
    );
    expect(stderr).not.toContain("error");
    expect(code).toBe(0);
    return JSON.parse(stdout) as Plan;
  }

  const goneFrom = ({ actions }: Plan): readonly string[] =>
    actions
      .flatMap(({ kind: action, references }) => (action === "delete-image" ? references : []))
      .map((name) => name.slice(name.lastIndexOf(":") + 1))
      .toSorted();
  const whyKept = ({ kept }: Plan, tag: string): string | undefined =>
    kept.find(({ references }) => references.includes(nameOf(tag)))?.reasons[0]?.detail;

  test("what the host pulled stays, with the index that lists it; the rest goes", async () => {
    await publish("unused");
    await publish("pulled");
    const ran = await publish("ran");
    const listed = await publish("listed");
    await listIn("multi", listed);
    await pullImage(target.engine, nameOf("pulled"));
    await pullImage(target.engine, nameOf("ran"));
    await runContainer(target.engine, { image: nameOf("ran"), name: "web", state: "created" });
    await pullImage(target.engine, `${registry.address}/app@${listed}`);
    await publish("another");

    const plan = await planFor(scratchFolder());
    expect(goneFrom(plan)).toEqual(["another", "unused"]);
    expect(whyKept(plan, "pulled")).toBe("present on host build-1");
    expect(whyKept(plan, "ran")).toBe("used by created container web on host build-1");
    expect(whyKept(plan, "multi")).toBe("present on host build-1");
    expect(plan.kept.map(({ subject }) => subject)).toContain(`app@${ran}`);
    expect(plan.notes).toContain("what these hosts hold or use stays: build-1");
  });

  test("on the host, what is in no registry is told apart from what can be pulled again", async () => {
    const digest = await publish("again");
    await pullImage(target.engine, nameOf("again"));
    await target.load([newImage(["localhost/only-here:1"])]);
    const memory = scratchFolder();
    const { stdout } = await runProgram(["images", "-t", target.address, "--json"], memory);
    const { images } = JSON.parse(stdout) as { images: readonly ListedJson[] };
    const elsewhereOf = (name: string) =>
      images.find(({ references }) => references.includes(name))?.elsewhere;
    expect(elsewhereOf(nameOf("again"))).toEqual({
      kind: "perhaps",
      name: `${registry.address}/app@${digest}`,
    });
    expect(elsewhereOf("localhost/only-here:1")).toEqual({ kind: "nowhere" });

    const why = async (name: string): Promise<string> =>
      (await runProgram(["why", "-t", target.address, "--ask-registries", name], memory)).stdout;
    expect(await why(nameOf("again"))).toContain("its registry was asked just now");
    expect(await why("localhost/only-here:1")).toContain("no registry is known to have it");
    await fetch(`${registry.url}/v2/app/manifests/${digest}`, { method: "DELETE" });
    expect(await why(nameOf("again"))).toContain("nowhere else as far as is known");
  });

  test("with the engine down nothing goes, and the plan says why", async () => {
    await target.engine.stopHard();
    try {
      const plan = await planFor(scratchFolder());
      expect(plan.actions).toEqual([]);
      expect(plan.notes.join()).toContain(
        "nothing goes: it cannot be told what is in use on build-1",
      );
      expect(whyKept(plan, "unused")).toContain("it cannot be told what is in use on build-1");
    } finally {
      await target.engine.restart();
    }
  });
});
