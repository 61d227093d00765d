import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readLayerTar } from "../../src/docker/content/layer-tar.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { callApiJson, callApiStream, queryString } from "../harness/engine-api.ts";
import { baseRootFs } from "../harness/base-image.ts";
import { runContainer } from "../harness/containers.ts";
import { enginesToTest, storeOf } from "../harness/engine-kinds.ts";
import { archivingPlan, expectAll, newImage, newLayer, random } from "./contract-images.ts";
import { openSession, removeMatching } from "./contract-session.ts";
import { startEngineTarget } from "./engine-target.ts";
import { meddleWith } from "./meddling-engine.ts";
import { mixedImages } from "./recovery-images.ts";

describe.each(enginesToTest().filter((each) => storeOf(each) === "graphdriver"))("%s", (kind) => {
  test("the tar of every layer is made again from the data root, byte for byte", async () => {
    const target = await startEngineTarget(kind);
    onTestFinished(() => target.stop());
    await target.load(mixedImages(random, false));
    const imported = queryString({ fromSrc: "-", repo: "base.test/base", tag: "1" });
    await callApiStream(target.engine, "POST", `/images/create${imported}`, {
      body: await baseRootFs(200_000, random),
      headers: { "content-type": "application/x-tar" },
    });
    const container = await runContainer(target.engine, {
      image: "base.test/base:1",
      name: "committed",
      state: "exited",
    });
    await callApiJson(
      target.engine,
      "POST",
      `/commit${queryString({ container, repo: "committed.test/app", tag: "1" })}`,
    );
    const folder = join(target.engine.dataRoot, "image/overlay2/layerdb/sha256");
    const chains = readdirSync(folder);
    expect(chains.length).toBeGreaterThan(40);
    for (const chain of chains) {
      const told = (name: string): string => readFileSync(join(folder, chain, name), "utf8");
      const files = join(target.engine.dataRoot, "overlay2", told("cache-id"), "diff");
      const hash = createHash("sha256");
      for await (const chunk of readLayerTar(join(folder, chain, "tar-split.json.gz"), files))
        hash.update(chunk);
      expect([chain, `sha256:${hash.digest("hex")}`]).toEqual([chain, told("diff")]);
    }
  });

  test("what can be read from the data root is not saved", async () => {
    const target = await startEngineTarget(kind);
    onTestFinished(() => target.stop());
    const base = newLayer();
    await target.load([newImage(["read.test/a:1"], [base]), newImage(["read.test/b:1"], [base])]);
    const asked: string[] = [];
    const { address } = await meddleWith(target.engine, (method, path) => {
      asked.push(`${method} ${path}`);
    });
    const environment = { PLIMSOLL_BIN: join(scratchFolder(), "bin") };
    const session = await openSession(address, { environment });
    const plan = await session.plan(removeMatching({}));
    expectAll(await session.carryOut(archivingPlan(plan)), "applied");
    expect(asked.filter((request) => request.endsWith("/get"))).toEqual([]);
    expect(asked.filter((request) => request.startsWith("DELETE"))).toHaveLength(2);
    expect((await target.listIds()).size).toBe(0);
  });
});
