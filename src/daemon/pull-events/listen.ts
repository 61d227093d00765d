import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import type { Clock } from "../../ports/clock.ts";
import type { PullLog } from "../../ports/pull-log.ts";
import { isAuthorized } from "./authorize.ts";
import { MalformedEvent } from "./event-fields.ts";
import { readMessage } from "./read-message.ts";
import type { ReadOptions } from "./told.ts";

/** An envelope has some ten events of about a kilobyte each. */
const LARGEST_BODY_BYTES = 4 * 1024 * 1024;
const TIMEOUTS = { requestTimeout: 10_000, connectionsCheckingInterval: 1_000 };
const MAX_CONNECTIONS = 100;
/** So often it is written down that somebody was listening. */
const BEAT_MS = 60_000;

export interface ListenOptions extends Omit<ReadOptions, "now"> {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly secret: string;
  readonly log: Pick<PullLog, "note">;
  readonly clock: Clock;
  /** Told of messages that were refused, and of pulls that could not be written down. */
  readonly onProblem: (problem: string) => void;
}

export interface PullListener {
  /** `host:port`. */
  readonly address: string;
  /** Ends once what is being taken down is. */
  close(): Promise<void>;
}

/** Answers a request with this status and these words. */
class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Listens for what registries tell of pulls. What cannot be written down is refused, so that the registry tells it again. */
export async function listenForPulls(options: ListenOptions): Promise<PullListener> {
  const { host, port, log, clock, onProblem } = options;
  let address = "";
  const server = createServer(TIMEOUTS, (request, response) => {
    takeDown(request, address, options).then(
      () => answer(response, 200, "noted"),
      (error: unknown) => {
        const status = error instanceof Refusal ? error.status : 503;
        const problem = error instanceof Error ? error.message : String(error);
        onProblem(`${request.socket.remoteAddress ?? "somebody"}: ${problem}`);
        answer(response, status, error instanceof Refusal ? problem : "it cannot be noted now");
      },
    );
  });
  server.maxConnections = MAX_CONNECTIONS;
  address = await open(server, host, port);
  const beat = (): void => {
    try {
      log.note({
        at: new Date(clock()).toISOString(),
        listener: address,
        registries: [],
        pulls: [],
      });
    } catch (error) {
      onProblem(error instanceof Error ? error.message : String(error));
    }
  };
  beat();
  const beating = setInterval(beat, BEAT_MS);
  return {
    address,
    async close() {
      clearInterval(beating);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
    },
  };
}

async function takeDown(
  request: IncomingMessage,
  listener: string,
  { secret, log, clock, registry, ignoredAgents, ignoredUsers }: ListenOptions,
): Promise<void> {
  if (!isAuthorized(request, secret)) throw new Refusal(401, "the secret is missing or wrong");
  if (request.method !== "POST") throw new Refusal(405, "registries tell of pulls by POST");
  const text = await readBody(request);
  const now = new Date(clock()).toISOString();
  try {
    const told = readMessage(text, { now, registry, ignoredAgents, ignoredUsers });
    log.note({ at: now, listener, ...told });
  } catch (error) {
    if (error instanceof MalformedEvent) throw new Refusal(400, error.message);
    throw error;
  }
}

/** Reads on when it is too long already: a request that is cut off gets no answer. */
function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  return new Promise((resolve, reject) => {
    request.on("error", reject);
    request.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    request.on("data", (chunk: Buffer) => {
      sizeBytes += chunk.byteLength;
      if (sizeBytes <= LARGEST_BODY_BYTES) chunks.push(chunk);
      else reject(new Refusal(413, "the message is too long"));
    });
  });
}

function answer(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    // The rest of a refused message is not read.
    ...(status === 200 ? {} : { connection: "close" }),
  });
  response.end(`${text}\n`);
}

function open(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      const { address, port: bound, family } = server.address() as AddressInfo;
      resolve(`${family === "IPv6" ? `[${address}]` : address}:${bound}`);
    });
  });
}
