import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, unless it is bytes. */
  readonly body?: unknown;
}

/** Undefined where the request is for another part of the server. */
export type Route = (asked: Asked) => Answer | undefined;

export interface RunningFake {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  readonly url: string;
  /** `METHOD /path?query` of every request, in order. */
  readonly requests: string[];
  close(): void;
}

/** Serves routes on a loopback port; the first that has an answer gives it. */
export async function serve(...routes: readonly Route[]): Promise<RunningFake> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "GET", headers } = request;
      requests.push(`${method} ${request.url}`);
      const url = new URL(request.url ?? "/", "http://fake");
      const asked = { method, url, headers, body: Buffer.concat(chunks) };
      const { status, headers: told = {}, body } = firstAnswer(routes, asked);
      const isJson = body !== undefined && !Buffer.isBuffer(body);
      const bytes = isJson ? Buffer.from(JSON.stringify(body)) : ((body as Buffer) ?? Buffer.of());
      response.writeHead(status, {
        ...(isJson ? { "content-type": "application/json" } : {}),
        ...(status === 204 || status === 304 ? {} : { "content-length": bytes.length }),
        ...told,
      });
      response.end(method === "HEAD" ? undefined : bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const address = `127.0.0.1:${port}`;
  return {
    address,
    url: `http://${address}`,
    requests,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function firstAnswer(routes: readonly Route[], asked: Asked): Answer {
  for (const route of routes) {
    const answer = route(asked);
    if (answer !== undefined) return answer;
  }
  return { status: 404, body: Buffer.from("404 page not found\n") };
}

/** The errors of registries (distribution-spec, "Error Codes"), which most vendors' interfaces share. */
export function errorAnswer(status: number, code: string, message = code): Answer {
  return { status, body: { errors: [{ code, message }] } };
}
