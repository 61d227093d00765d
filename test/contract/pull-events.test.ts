import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { once } from "node:events";
import { expect, test } from "vitest";

import type { Plan } from "../../src/plan/plan.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { RegistryPusher } from "../harness/registry-images.ts";
import { startRegistry } from "../harness/registry.ts";
import { openSession } from "./contract-session.ts";
import { runProgram, startProgram } from "./program.ts";

const SECRET = "only-the-registry-knows-it";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";

/** Starts listening; resolves with the address and what ends it. */
async function listen(memory: string, ...flags: readonly string[]) {
  const secretFile = join(memory, "secret");
  writeFileSync(secretFile, `${SECRET}\n`);
  const words = ["registry", "listen", "--secret-file", secretFile, "--address", "127.0.0.1:0"];
  const running = startProgram([...words, ...flags], memory);
  const { stdout } = running.child;
  if (stdout === null) throw new Error("the program has no standard output");
  const [said] = (await once(stdout, "data")) as [Buffer];
  const url = /http:\S+/.exec(said.toString("utf8"))?.[0] ?? "";
  return {
    url: `${url}?token=${SECRET}`,
    async stop() {
      running.child.kill("SIGINT");
      return running.ended;
    },
  };
}

test.each([
  { where: "the state folder", flags: [] },
  { where: "a spool file", flags: ["--spool", "SPOOL"] },
])("pulls that a real registry tells of, into $where: use goes by them", async ({ flags }) => {
  const memory = scratchFolder();
  const listening = scratchFolder();
  const spool = join(listening, "pulls.jsonl");
  const isSpooled = flags.length > 0;
  const listener = await listen(
    isSpooled ? listening : memory,
    ...flags.map((flag) => flag.replace("SPOOL", spool)),
  );
  const environment = isSpooled ? { PLIMSOLL_PULL_SPOOL: spool } : {};
  const registry = await startRegistry({ notifications: listener.url });
  try {
    const pusher = new RegistryPusher(registry.url);
    for (const tag of ["pulled", "scanned", "looked-at", "left"])
      await pusher.image("app", { tag, created: "2026-01-01T00:00:00Z" });
    const fetchTag = (tag: string, method: string, agent: string) =>
      fetch(`${registry.url}/v2/app/manifests/${tag}`, {
        method,
        headers: { accept: MANIFEST, "user-agent": agent },
      }).then((answer) => answer.arrayBuffer());
    await fetchTag("scanned", "GET", "trivy/0.57");
    await fetchTag("looked-at", "HEAD", "docker/28.5.2");
    await fetchTag("pulled", "GET", "docker/28.5.2");

    const session = await openSession(`registry://${registry.address}`, { memory, environment });
    const usedTags = async (): Promise<readonly string[]> =>
      (await session.look()).images
        .filter(({ lastUsedAt }) => lastUsedAt !== undefined)
        .flatMap(({ references }) => references.map((name) => name.replace(/^.*:/, "")));
    await expect.poll(usedTags).toEqual(["pulled"]);
    for (const { firstSeenAt } of (await session.look()).images) expect(firstSeenAt).toBeDefined();
  } finally {
    await registry.stop();
    expect((await listener.stop()).code).toBe(0);
  }
});

test("without anybody listening, nothing counts as unused on a registry", async () => {
  const registry = await startRegistry();
  try {
    await new RegistryPusher(registry.url).image("app", {
      tag: "old",
      created: "2020-01-01T00:00:00Z",
    });
    const memory = scratchFolder();
    const policy = join(memory, "policy.yaml");
    writeFileSync(
      policy,
      "version: 1\ninUseOn: []\nimages:\n  - { keep: { within: 1s, by: used } }\n",
    );
    const words = ["plan", "-p", policy, "-t", `registry://${registry.address}`, "--json"];
    await runProgram(words, memory);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const plan = JSON.parse((await runProgram(words, memory)).stdout) as Plan;
    expect(plan.actions).toEqual([]);
    expect(plan.kept[0]?.reasons[0]?.rule).toBe("age-unknown");
  } finally {
    await registry.stop();
  }
});
