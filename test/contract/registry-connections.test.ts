import { readFileSync } from "node:fs";
import {
  createServer,
  request as send,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import { createServer as createTlsServer } from "node:https";
import { connect, type AddressInfo, type Socket } from "node:net";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { MemoryRegistry } from "../fakes/registries/memory-registry.ts";
import { ociRoutes } from "../fakes/registries/oci-routes.ts";
import { serve, type RunningFake } from "../fakes/registries/serve.ts";
import { RegistryPusher } from "../harness/registry-images.ts";
import { createScratchFolder, discardScratchFolder } from "../harness/scratch-folder.ts";
import { makeTlsCertificates, type TlsCertificates } from "../harness/tls-certificates.ts";
import { openSession } from "./contract-session.ts";

const TAGS = 100;
/** As many as may be under way at once (AdaptiveLimit). */
const WIDTH = 32;

let folder: string;
let certificates: TlsCertificates;
let upstream: RunningFake;
beforeAll(async () => {
  folder = createScratchFolder();
  certificates = await makeTlsCertificates(folder);
  upstream = await serve(ociRoutes(new MemoryRegistry()));
  const pusher = new RegistryPusher(upstream.url);
  const image = await pusher.image("team/app", { tag: "0" });
  for (let tag = 1; tag < TAGS; tag += 1) await pusher.tag("team/app", image, String(tag));
});
afterAll(async () => {
  upstream.close();
  await discardScratchFolder(folder);
});

interface Front {
  readonly address: string;
  /** HTTP versions that requests came by. */
  readonly versions: Set<string>;
  readonly connections: () => number;
}

interface FrontOptions {
  readonly offers: "HTTP/2" | "HTTP/1.1";
  /** The connection is closed in place of the answer to the request of this number. */
  readonly breaksAt?: number;
}

/** TLS in front of the registry. */
async function startFront({ offers, breaksAt }: FrontOptions): Promise<Front> {
  const versions = new Set<string>();
  const sockets = new Set<Socket>();
  let connections = 0;
  let asked = 0;
  const { certFile, keyFile } = certificates.server;
  const answer = (
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
  ): void => {
    versions.add(request.httpVersion);
    asked += 1;
    if (asked === breaksAt) for (const socket of sockets) socket.destroy();
    if (asked === breaksAt) return;
    const { method = "GET", url = "/", headers } = request;
    const told = Object.entries(headers).filter(([name]) => !name.startsWith(":"));
    const passed = send(new URL(url, upstream.url), { method, headers: Object.fromEntries(told) });
    passed.on("response", (got: IncomingMessage) => {
      const { connection: _hop, "keep-alive": _kept, ...rest } = got.headers;
      (response as ServerResponse).writeHead(got.statusCode ?? 502, rest);
      got.pipe(response as ServerResponse);
    });
    passed.end();
  };
  const keys = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
  const server =
    offers === "HTTP/2"
      ? createSecureServer({ ...keys, allowHTTP1: true }, answer)
      : createTlsServer(keys, answer);
  server.on("secureConnection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = server.address() as AddressInfo;
  return { address: `127.0.0.1:${port}`, versions, connections: () => connections };
}

async function tagsBehind({ address }: Front): Promise<number> {
  const environment = { PLIMSOLL_REGISTRY_CA: certificates.caFile };
  const session = await openSession(`registry+distribution://${address}/team/app`, { environment });
  const { images } = await session.look();
  return images.flatMap(({ references }) => references).length;
}

test("HTTP/2 where it is offered: all over a few connections", async () => {
  const front = await startFront({ offers: "HTTP/2" });
  expect(await tagsBehind(front)).toBe(TAGS);
  expect(front.versions).toContain("2.0");
  expect(front.connections()).toBeLessThan(WIDTH);
});

test("HTTP/1.1 elsewhere: connections stay open, also after a HEAD", async () => {
  const front = await startFront({ offers: "HTTP/1.1" });
  expect(await tagsBehind(front)).toBe(TAGS);
  expect(front.versions).toEqual(new Set(["1.1"]));
  expect(front.connections()).toBeLessThanOrEqual(WIDTH + 1);
});

test.each(["HTTP/2", "HTTP/1.1"] as const)(
  "a connection that breaks in the middle, %s: what was on its way is asked again",
  async (offers) => {
    const front = await startFront({ offers, breaksAt: 30 });
    expect(await tagsBehind(front)).toBe(TAGS);
    expect(front.connections()).toBeGreaterThan(1);
  },
);

test("whoever stops a scan does not wait for answers that do not come", async () => {
  const stop = new AbortController();
  const silent = createServer((request, response) => {
    if (request.url?.includes("/tags/") === true) stop.abort();
    else response.end("{}");
  });
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    silent.close();
    silent.closeAllConnections();
  });
  const { port } = silent.address() as AddressInfo;
  const session = await openSession(`registry+distribution://http://127.0.0.1:${port}/team/app`);
  await expect(session.observe({ signal: stop.signal })).rejects.toMatchObject({ kind: "aborted" });
});

/** A proxy that knows every name as the registry; what it was asked to reach. */
async function startProxy(port: number): Promise<{ url: string; reached: string[] }> {
  const reached: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/");
    reached.push(url.host);
    const { method, headers } = request;
    const passed = send({ port, method, path: url.pathname + url.search, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(passed);
  });
  const sockets = new Set<Socket>();
  server.on("connect", (request: IncomingMessage, socket: Socket) => {
    reached.push(request.url ?? "");
    const far = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      far.pipe(socket).pipe(far);
    });
    for (const end of [far, socket]) sockets.add(end.on("error", () => undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
    for (const socket of sockets) socket.destroy();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, reached };
}

const portOf = (address: string): number => Number(address.replace(/^.*:/, ""));

test("by the proxy of the environment", async () => {
  const proxy = await startProxy(portOf(upstream.address));
  const session = await openSession("registry+distribution://http://registry.test:5000/team/app", {
    environment: { HTTP_PROXY: proxy.url },
  });
  expect((await session.look()).images).toHaveLength(1);
  expect(new Set(proxy.reached)).toEqual(new Set(["registry.test:5000"]));
});

test("through a proxy a certificate is checked as without one", async () => {
  const front = await startFront({ offers: "HTTP/1.1" });
  const proxy = await startProxy(portOf(front.address));
  const session = await openSession("registry+distribution://registry.test/team/app", {
    environment: { HTTPS_PROXY: proxy.url, PLIMSOLL_REGISTRY_CA: certificates.caFile },
  });
  await expect(session.look()).rejects.toMatchObject({
    kind: "tls",
    detail: expect.stringContaining("its certificate is for another host"),
  });
  expect(new Set(proxy.reached)).toEqual(new Set(["registry.test:443"]));
});

test("a proxy for plain HTTP is none for what is encrypted", async () => {
  const front = await startFront({ offers: "HTTP/1.1" });
  const proxy = await startProxy(portOf(front.address));
  const session = await openSession("registry+distribution://registry.test/team/app", {
    environment: { HTTP_PROXY: proxy.url },
  });
  await expect(session.look()).rejects.toMatchObject({ kind: "unreachable" });
  expect(proxy.reached).toEqual([]);
});

test("never by a proxy: what NO_PROXY names, and this machine", async () => {
  const proxy = await startProxy(portOf(upstream.address));
  const named = await openSession("registry+distribution://http://registry.test:5000/team/app", {
    environment: { HTTP_PROXY: proxy.url, NO_PROXY: "example.com,registry.test" },
  });
  await expect(named.look()).rejects.toMatchObject({ kind: "unreachable" });
  const here = await openSession(`registry+distribution://http://${upstream.address}/team/app`, {
    environment: { HTTP_PROXY: proxy.url },
  });
  expect((await here.look()).images).toHaveLength(1);
  expect(proxy.reached).toEqual([]);
});
