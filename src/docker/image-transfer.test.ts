import { expect, test } from "vitest";
import { ScriptedEngine, type OwnAnswer } from "../../test/fakes/scripted-engine.ts";
import type { TransferProgress } from "../ports/image-transfer.ts";
import { connectEngine } from "./connection/engine-client.ts";
import { EngineImageTransfer, splitReference } from "./image-transfer.ts";

const DIGEST = `sha256:${"d".repeat(64)}`;

test.each([
  ["docker.io/library/app:1", "docker.io/library/app", "1"],
  ["registry.test:5000/team/app:1", "registry.test:5000/team/app", "1"],
  [`registry.test/app@${DIGEST}`, "registry.test/app", DIGEST],
  [`registry.test/app:1@${DIGEST}`, "registry.test/app", DIGEST],
])("%s", (name, repo, tag) => {
  expect(splitReference(name)).toEqual({ repo, tag });
});

async function transfer(
  lines: readonly object[],
  work: (transfer: EngineImageTransfer, progress: TransferProgress[]) => Promise<unknown>,
) {
  let auth: unknown;
  const answer: OwnAnswer = (response, request) => {
    if (request.method === "GET") return void response.end("{}");
    auth = request.headers["x-registry-auth"];
    response.end(lines.map((line) => JSON.stringify(line)).join("\r\n"));
  };
  const engine = await ScriptedEngine.start(() => answer);
  const client = await connectEngine(engine.endpoint);
  const progress: TransferProgress[] = [];
  const asked = (registry: string) => Promise.resolve(`auth-for-${registry}`);
  const result = await work(new EngineImageTransfer(client, asked), progress).finally(() =>
    client.close(),
  );
  return { result, progress, auth, requests: engine.requests };
}

const options = (progress: TransferProgress[]) => ({
  signal: new AbortController().signal,
  onProgress: (each: TransferProgress) => void progress.push(each),
});

test("pull tells progress and the digest", async () => {
  const lines = [
    { status: "Downloading", id: "abc", progressDetail: { current: 5, total: 10 } },
    { status: "Extracting", id: "abc", progressDetail: { current: 3, total: -1 } },
    { status: `Digest: ${DIGEST}` },
  ];
  const pulled = await transfer(lines, (images, progress) =>
    images.pull("docker.io/library/app:1", { ...options(progress), platform: "linux/arm64" }),
  );
  expect(pulled).toEqual({
    result: { digest: DIGEST },
    auth: "auth-for-docker.io",
    requests: ["POST /images/create?fromImage=docker.io/library/app&tag=1&platform=linux/arm64"],
    progress: [
      { id: "abc", status: "Downloading", currentBytes: 5, totalBytes: 10 },
      { id: "abc", status: "Extracting", currentBytes: 3 },
      { id: "", status: `Digest: ${DIGEST}` },
    ],
  });
});

test.each([
  ["as a field", { progressDetail: {}, aux: { Tag: "1", Digest: DIGEST, Size: 5 } }],
  ["in words only", { status: `1: digest: ${DIGEST} size: 5` }],
])("push tells the digest, %s", async (_name, line) => {
  const pushed = await transfer([line], (images, progress) =>
    images.push("registry.test/app:1", options(progress)),
  );
  expect(pushed).toMatchObject({ result: { digest: DIGEST }, auth: "auth-for-registry.test" });
  expect(pushed.requests).toEqual([
    "GET /images/registry.test/app:1/json",
    "POST /images/registry.test/app/push?tag=1",
  ]);
});

test("a failure that the engine reports under status 200 is thrown", async () => {
  const lines = [{ status: "Preparing" }, { errorDetail: { message: "denied" }, error: "denied" }];
  const pushed = transfer(lines, (images, progress) =>
    images.push("registry.test/app:1", options(progress)),
  );
  await expect(pushed).rejects.toMatchObject({ kind: "server", detail: "denied" });
});

test("tag", async () => {
  const { requests } = await transfer([], (images) => images.tag(DIGEST, "registry.test/app:2"));
  expect(requests).toEqual([`POST /images/${DIGEST}/tag?repo=registry.test/app&tag=2`]);
});
