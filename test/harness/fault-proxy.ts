import {
  createServer,
  request as send,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { SeededRandom } from "./seeded-random.ts";

/** What a proxy does to a request in place of passing it on faithfully. */
export type Fault =
  | "too-many"
  | "unavailable"
  | "broken"
  | "reset"
  | "reset-after"
  | "cut"
  | "slow"
  | "empty"
  | "other-digest"
  | "no-list";

const FAULTS: readonly Fault[] = [
  "too-many",
  "unavailable",
  "broken",
  "reset",
  "reset-after",
  "cut",
  "slow",
  "empty",
  "other-digest",
  "no-list",
];

export interface FaultProxy {
  /** `127.0.0.1:PORT`. */
  address: string;
  /** Requests that went wrong so far. */
  faults: number;
  /** Part of all requests that go wrong, 0 to 1. */
  probability: number;
  close(): void;
}

/** A proxy in front of a registry that does wrong at random. */
export async function startFaultProxy(upstream: string, random: SeededRandom): Promise<FaultProxy> {
  const server = createServer((request, response) => {
    const fault =
      random.number() < proxy.probability
        ? FAULTS[Math.floor(random.number() * FAULTS.length)]
        : undefined;
    if (fault !== undefined) proxy.faults += 1;
    if (fault === "too-many") return answer(response, 429, { "retry-after": "0" });
    if (fault === "unavailable") return answer(response, 503);
    if (fault === "broken") return answer(response, 500);
    if (fault === "reset") return void request.socket.destroy();
    passOn(upstream, request, response, fault);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const proxy: FaultProxy = {
    address: `127.0.0.1:${port}`,
    faults: 0,
    probability: 0,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return proxy;
}

function answer(response: ServerResponse, status: number, headers = {}): void {
  response.writeHead(status, headers).end("<html>a proxy's page</html>");
}

function passOn(
  upstream: string,
  request: IncomingMessage,
  response: ServerResponse,
  fault: Fault | undefined,
): void {
  const url = new URL(request.url ?? "/", upstream);
  // With the host by which the proxy was asked: the registry sends uploads on to itself by that name.
  const { method, headers } = request;
  const passed = send(url, { method, headers }, (got) => {
    const chunks: Buffer[] = [];
    got.on("data", (chunk: Buffer) => chunks.push(chunk));
    got.on("end", () => {
      const body = Buffer.concat(chunks);
      const told = { ...got.headers };
      // Carried out, and nobody is told.
      if (fault === "reset-after") return void response.destroy();
      if (fault === "slow")
        return void setTimeout(
          () => response.writeHead(got.statusCode ?? 502, told).end(body),
          300,
        );
      if (fault === "cut") {
        response.writeHead(got.statusCode ?? 502, told);
        response.write(body.subarray(0, Math.floor(body.length / 2)));
        return void setTimeout(() => response.destroy(), 5);
      }
      if (fault === "empty" && body.length > 0) {
        delete told["content-length"];
        return void response.writeHead(200, told).end();
      }
      if (fault === "other-digest" && told["docker-content-digest"] !== undefined)
        told["docker-content-digest"] = `sha256:${"0".repeat(64)}`;
      if (fault === "no-list" && url.pathname.endsWith("/tags/list")) {
        delete told["content-length"];
        return void response.writeHead(404, told).end('{"errors":[{"code":"NAME_UNKNOWN"}]}');
      }
      response.writeHead(got.statusCode ?? 502, told).end(body);
    });
    got.on("error", () => response.destroy());
  });
  passed.on("error", () => response.destroy());
  request.pipe(passed);
}
