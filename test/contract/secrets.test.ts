import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { baseRootFs } from "../harness/base-image.ts";
import { callApi, callApiJson, callApiStream, queryString } from "../harness/engine-api.ts";
import { enginesToTest } from "../harness/engine-kinds.ts";
import { random } from "./contract-images.ts";
import { startEngineTarget, type EngineTarget } from "./engine-target.ts";
import { runProgram, type ProgramEnd } from "./program.ts";

const OF_IMAGE = "secret-of-the-image";
const OF_CONTAINER = "secret-of-the-container";
/** Whatever a library or Node itself writes when it is asked to. */
const TALKATIVE = { DEBUG: "*", NODE_DEBUG: "http,https,net,stream,fs,child_process,undici" };
const POLICY = `version: 1
images: [{ name: all, match: { reference: "secrets.test/*" }, keep: { none: true } }]
containers: { exited: { within: 0s } }
recovery: { mode: archive }
limits: { wholeRepositories: allow }
`;

describe.each(enginesToTest())("%s", (kind) => {
  let target: EngineTarget;
  beforeAll(async () => {
    target = await startEngineTarget(kind);
    await makeImage();
    await makeContainer();
  });
  afterAll(() => target.stop());

  async function makeImage(): Promise<void> {
    const changes = [`ENV TOKEN=${OF_IMAGE}`, 'CMD ["true"]'];
    const query = queryString({ fromSrc: "-", repo: "secrets.test/app", tag: "1", changes });
    await callApiStream(target.engine, "POST", `/images/create${query}`, {
      body: await baseRootFs(100_000, random),
      headers: { "content-type": "application/x-tar" },
    });
  }

  async function makeContainer(): Promise<void> {
    await callApiJson(target.engine, "POST", "/containers/create?name=secret-holder", {
      Image: "secrets.test/app:1",
      Env: [`PASSWORD=${OF_CONTAINER}`],
    });
  }

  test("no command shows the environment of what goes and comes back, but the one that is for it", async () => {
    const memory = scratchFolder();
    const policy = join(memory, "policy.yaml");
    const plan = join(memory, "plan.json");
    writeFileSync(policy, POLICY);
    const shown: [command: string, text: string][] = [];
    const run = async (...args: readonly string[]): Promise<ProgramEnd> => {
      const end = await runProgram([...args, "-t", target.address], memory, { env: TALKATIVE });
      shown.push([args.join(" "), end.stdout + end.stderr]);
      return end;
    };
    // Engines tell of the creation to the second.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    for (const flags of [[], ["--json"]]) await run("plan", "-p", policy, ...flags);
    await run("plan", "-p", policy, "-o", plan);
    shown.push(["the plan", readFileSync(plan, "utf8")]);
    expect(await run("apply", plan, "--yes")).toMatchObject({ code: 0 });
    expect((await callApi(target.engine, "GET", "/containers/secret-holder/json")).status).toBe(
      404,
    );

    const runs = JSON.parse((await run("history", "--json")).stdout) as readonly { id: string }[];
    const [{ id = "" } = {}] = runs;
    for (const flags of [[], ["--json"]]) await run("history", id, ...flags);
    for (const command of [
      ["bin", "list"],
      ["bin", "show", "secrets.test/app:1"],
      ["status"],
      ["df"],
    ])
      for (const flags of [[], ["--json"]]) await run(...command, ...flags);
    await run("restore", "secrets.test/app:1");
    // What has the name is not told of in more words than its ID.
    await callApiJson(target.engine, "POST", "/containers/create?name=secret-holder", {
      Image: "secrets.test/app:1",
      Env: [`PASSWORD=${OF_CONTAINER}-of-another`],
    });
    expect((await run("undo")).code).toBe(3);
    expect((await callApi(target.engine, "DELETE", "/containers/secret-holder")).status).toBe(204);
    expect(await run("undo", id, "--json")).toMatchObject({ code: 0 });
    for (const [command, text] of shown)
      expect({ command, tells: text.includes("secret-of-the") }).toEqual({ command, tells: false });

    const asked = await run("history", id, "--record", "secret-holder");
    expect(asked.stdout).toContain(OF_CONTAINER);
  });
});
