import { connect, createServer, type AddressInfo } from "node:net";
import type { EngineAddress } from "../test/harness/engine-api.ts";

const REQUEST_LINE = /^(GET|HEAD|POST|PUT|DELETE) (\/\S*) HTTP\/1\.1\r\n/gm;

export interface EngineRelay {
  /** `tcp://…`, as DOCKER_HOST takes it. */
  readonly host: string;
  /** `GET /v1.51/images/json?all=1`, in the order in which they came. */
  readonly requests: string[];
  close(): Promise<void>;
}

/**
 * A loopback port in front of an engine's socket that writes down what is asked. To a client the engine is then one of
 * another machine: neither its data root nor its containerd is at hand.
 */
export function relayEngine({ socketPath }: EngineAddress): Promise<EngineRelay> {
  const requests: string[] = [];
  const server = createServer((client) => {
    const engine = connect(socketPath);
    client.on("data", (chunk) => {
      for (const [, method, path] of chunk.toString("latin1").matchAll(REQUEST_LINE))
        requests.push(`${method} ${path}`);
    });
    client.pipe(engine).pipe(client);
    // Either end may break off at any time; the other is told by the end of the stream.
    client.on("error", () => engine.destroy());
    engine.on("error", () => client.destroy());
  });
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      resolve({
        host: `tcp://127.0.0.1:${port}`,
        requests,
        close: () => new Promise((closed) => server.close(() => closed())),
      });
    });
  });
}

/** How often the whole list of images was asked for; lists of some images by filter do not count. */
export function fullListCalls(requests: readonly string[]): number {
  return requests.filter(
    (request) => /\/images\/json(\?|$)/.test(request) && !/filters=/.test(request),
  ).length;
}
