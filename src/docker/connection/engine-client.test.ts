import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { scratchFolder } from "../../../test/fakes/scratch-folder.ts";
import {
  DOCKER_VERSION,
  Refusal,
  ScriptedEngine,
  type OwnAnswer,
} from "../../../test/fakes/scripted-engine.ts";
import { connectEngine } from "./engine-client.ts";
import { EngineError } from "../engine-error.ts";

const never: OwnAnswer = () => {};
const halfAnswer: OwnAnswer = (response) => void response.write('{"half":');
const cutOff: OwnAnswer = (response) => {
  response.writeHead(200, { "Content-Length": "100" });
  response.write("{", () => response.destroy());
};

async function errorOf(work: Promise<unknown>): Promise<EngineError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(EngineError);
  return error as EngineError;
}

describe("connecting", () => {
  const podman = {
    Version: "4.3.1",
    ApiVersion: "1.41",
    MinAPIVersion: "1.24",
    Components: [{ Name: "Podman Engine" }],
  };
  test.each([
    ["Docker", DOCKER_VERSION, "docker", "1.51"],
    ["Podman", podman, "podman", "1.41"],
    ["a later Docker", { ...DOCKER_VERSION, ApiVersion: "1.99" }, "docker", "1.52"],
    ["Docker behind a proxy", { ...DOCKER_VERSION, silentPing: true }, "docker", "1.51"],
    ["Podman behind a proxy", { ...podman, silentPing: true }, "podman", "1.41"],
  ])("%s", async (_name, version, product, apiVersion) => {
    const engine = await ScriptedEngine.start(() => ({}), version);
    const client = await connectEngine(engine.endpoint);
    expect(client.engine).toMatchObject({ product, version: version.Version });
    expect(client.apiVersion).toBe(apiVersion);
    expect(client.supports("1.41")).toBe(true);
    expect(client.supports("1.53")).toBe(false);
    expect(engine.requests).toEqual([]);
    client.close();
  });

  test.each([
    ["an engine too old", { ...DOCKER_VERSION, ApiVersion: "1.40" }, "too-old"],
    [
      "an engine too new",
      { ...DOCKER_VERSION, ApiVersion: "1.90", MinAPIVersion: "1.60" },
      "too-new",
    ],
    ["something else", {}, "protocol"],
  ])("%s", async (_name, version, kind) => {
    const engine = await ScriptedEngine.start(() => ({}), version);
    expect(await errorOf(connectEngine(engine.endpoint))).toMatchObject({ kind });
  });

  test("nobody there", async () => {
    const socketPath = join(scratchFolder(), "none.sock");
    const error = await errorOf(connectEngine({ kind: "unix", socketPath }));
    expect(error).toMatchObject({ kind: "unreachable", address: `unix://${socketPath}` });
    expect(error.retryable).toBe(true);
  });

  test("certificates that are none", async () => {
    const tls = { cert: "not a certificate", key: "no key", skipVerify: false };
    const error = await errorOf(connectEngine({ kind: "tcp", host: "127.0.0.1", port: 1, tls }));
    expect(error.kind).toBe("tls");
  });
});

describe("requests", () => {
  test.each([
    [400, "bad-request"],
    [401, "permission-denied"],
    [403, "permission-denied"],
    [404, "not-found"],
    [409, "conflict"],
    [500, "server"],
    [503, "server"],
  ])("status %i is %s", async (status, kind) => {
    const engine = await ScriptedEngine.start(() => new Refusal(status, "because"));
    const client = await connectEngine(engine.endpoint);
    const error = await errorOf(client.getJson("/thing", { query: { all: 1 } }));
    expect(error).toMatchObject({ kind, status, detail: "because", request: "GET /v1.51/thing" });
    expect((await client.request("GET", "/thing", { allow: [status] })).status).toBe(status);
    client.close();
  });

  test.each([
    ["plain text", (response) => void response.writeHead(502).end("Bad Gateway"), "Bad Gateway"],
    ["nothing", (response) => void response.writeHead(502).end(), "HTTP status 502"],
    [
      "an error as in a stream",
      (response) => void response.writeHead(500).end('{"error":"no space"}\n{}'),
      "no space",
    ],
  ] satisfies [string, OwnAnswer, string][])("a refusal in %s", async (_name, answer, detail) => {
    const engine = await ScriptedEngine.start(() => answer);
    const client = await connectEngine(engine.endpoint);
    expect(await errorOf(client.getJson("/thing"))).toMatchObject({ kind: "server", detail });
    client.close();
  });

  test.each([
    ["no answer", never, { timeoutMs: 30 }, "timed-out"],
    ["half an answer", halfAnswer, { timeoutMs: 30 }, "timed-out"],
    ["an answer that breaks off", cutOff, {}, "unreachable"],
    ["no answer at all", (response) => void response.end(), {}, "protocol"],
    ["an answer that is not JSON", (response) => void response.end("<html>"), {}, "protocol"],
    ["a cancelled request", never, { signal: AbortSignal.timeout(30) }, "aborted"],
    ["a cancelled answer", halfAnswer, { signal: AbortSignal.timeout(30) }, "aborted"],
    ["a request cancelled before", never, { signal: AbortSignal.abort() }, "aborted"],
  ] satisfies [string, OwnAnswer, object, string][])("%s", async (_name, answer, options, kind) => {
    const engine = await ScriptedEngine.start(() => answer);
    const client = await connectEngine(engine.endpoint);
    expect(await errorOf(client.getJson("/thing", options))).toMatchObject({ kind });
    client.close();
  });

  test("empty answers and structured queries", async () => {
    const blank: OwnAnswer = (response) => void response.end("\n");
    const engine = await ScriptedEngine.start(() => blank);
    const client = await connectEngine(engine.endpoint);
    const query = { filters: { id: ["a"] }, all: 1, absent: undefined };
    expect((await client.request("POST", "/build/prune", { query })).body).toBeUndefined();
    expect(engine.requests).toEqual(['POST /build/prune?filters={"id":["a"]}&all=1']);
    client.close();
  });

  test("a connection that the engine closed while idle is replaced for reading", async () => {
    let calls = 0;
    const closing: OwnAnswer = (response, request) => {
      calls += 1;
      if (calls === 2) request.socket.destroy();
      else response.end("{}");
    };
    const engine = await ScriptedEngine.start(() => closing);
    const client = await connectEngine(engine.endpoint);
    await client.getJson("/a");
    await client.getJson("/b");
    expect(calls).toBe(3);
    calls = 1;
    expect(await errorOf(client.request("DELETE", "/c"))).toMatchObject({ kind: "unreachable" });
    client.close();
  });

  test("many at once share a bounded number of connections", async () => {
    let open = 0;
    let most = 0;
    const { promise: isCrowded, resolve: crowd } = Promise.withResolvers<void>();
    const slow: OwnAnswer = async (response) => {
      most = Math.max(most, ++open);
      if (open > 8) crowd();
      await isCrowded;
      await delay(20);
      open -= 1;
      response.end("{}");
    };
    const engine = await ScriptedEngine.start(() => slow);
    const client = await connectEngine(engine.endpoint);
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 300 }, () => client.getJson("/a", { signal })));
    expect(most).toBeLessThanOrEqual(160);
    client.close();
  });
});

describe("streams", () => {
  async function readAll(
    ...chunks: string[]
  ): Promise<{ documents: unknown[]; error?: EngineError }> {
    const answer: OwnAnswer = async (response) => {
      for (const chunk of chunks) {
        response.write(chunk);
        await delay(5);
      }
      response.end();
    };
    const engine = await ScriptedEngine.start(() => answer);
    const client = await connectEngine(engine.endpoint);
    const documents: unknown[] = [];
    try {
      for await (const document of client.stream("POST", "/images/create"))
        documents.push(document);
      return { documents };
    } catch (error) {
      return { documents, error: error as EngineError };
    } finally {
      client.close();
    }
  }

  test.each([
    ["one a line", ['{"a":1}\r\n{"a":2}\r\n'], [{ a: 1 }, { a: 2 }]],
    ["cut anywhere", ['{"a"', ':"é', '"}\n\n{"a":2}'], [{ a: "é" }, { a: 2 }]],
    ["nothing", [""], []],
  ])("%s", async (_name, chunks, documents) => {
    expect(await readAll(...chunks)).toEqual({ documents });
  });

  test.each([
    [
      "structured",
      '{"errorDetail":{"message":"no space left"},"error":"no space"}',
      "no space left",
    ],
    ["plain", '{"error":"no space"}', "no space"],
  ])("an error under status 200, %s", async (_name, line, detail) => {
    const { documents, error } = await readAll('{"status":"Pulling"}\n', `${line}\n`);
    expect(documents).toEqual([{ status: "Pulling" }]);
    expect(error).toMatchObject({ kind: "server", detail });
  });

  test("a line that is not JSON", async () => {
    expect((await readAll("oops\n")).error).toMatchObject({ kind: "protocol" });
  });

  test("leaving early closes the connection", async () => {
    let closed = false;
    const endless: OwnAnswer = (response) => {
      response.on("close", () => (closed = true));
      response.write('{"a":1}\n');
    };
    const engine = await ScriptedEngine.start(() => endless);
    const client = await connectEngine(engine.endpoint);
    for await (const _ of client.stream("GET", "/events")) break;
    await expect.poll(() => closed).toBe(true);
    client.close();
  });
});
