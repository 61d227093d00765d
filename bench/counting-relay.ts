import { Agent, createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";

export interface CountingRelay {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  /** Requests since the last call, by what they are: `HEAD manifests`. */
  take(): ReadonlyMap<string, number>;
  close(): void;
}

const KIND = /\/(manifests|blobs|tags|referrers|_catalog)(?:\/|\?|$)/;

/** Passes everything on to a registry and counts it. Not for what is timed: it takes longer than the registry itself. */
export async function startCountingRelay(upstream: string): Promise<CountingRelay> {
  let counts = new Map<string, number>();
  const agent = new Agent({ keepAlive: true });
  const server = createServer((request, response) => {
    const { method = "", url = "/", headers } = request;
    const what = `${method} ${KIND.exec(url)?.[1] ?? "other"}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
    const passed = send(new URL(url, upstream), { method, headers, agent }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on("error", () => response.destroy());
    request.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    take() {
      const taken = counts;
      counts = new Map();
      return taken;
    },
    close() {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}
