import type {
  Agent,
  ClientRequest,
  IncomingHttpHeaders,
  IncomingMessage,
  OutgoingHttpHeaders,
} from "node:http";
import { onAbort } from "./abort-callbacks.ts";
import { EngineError, kindOfSystemError } from "../engine-error.ts";

export interface HttpCall {
  readonly address: string;
  readonly agent: Agent;
  readonly method: string;
  /** Path and query, as sent. */
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, in place of `body`; whatever it throws ends the request before it is whole. */
  readonly upload?: AsyncIterable<Uint8Array> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** From the moment the request has a connection until the whole answer is there. 0: no limit. */
  readonly timeoutMs: number;
}

/** An answer whose body is still on its way. Read it with one of the two, once. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  text(): Promise<string>;
  /** Leaving the loop early closes the connection. */
  chunks(): AsyncGenerator<string>;
  /** The same without taking it for text. */
  bytes(): AsyncGenerator<Uint8Array>;
}

/** Sends a request; answers when the response headers are there. Rejects with `EngineError` only. */
export async function callHttp(call: HttpCall): Promise<HttpAnswer> {
  const first = new OpenCall(call);
  try {
    return await first.answer;
  } catch (error) {
    if (first.wasStale && call.method === "GET") return new OpenCall(call).answer;
    throw error;
  }
}

/** One request in flight, with its time limit and its abort signal until the last byte of the answer. */
class OpenCall {
  readonly answer: Promise<HttpAnswer>;
  /** The engine had closed an idle connection just as it was used again: nothing was carried out. */
  wasStale = false;
  readonly #call: HttpCall;
  #timer: NodeJS.Timeout | undefined;
  /** Why we ended it ourselves; Node would say "aborted" for every reason. */
  #ended: EngineError | undefined;
  #ignoreAbort: (() => void) | undefined;

  constructor(call: HttpCall) {
    this.#call = call;
    this.answer = new Promise((resolve, reject) => this.#send(resolve, reject));
  }

  #send(resolve: (answer: HttpAnswer) => void, reject: (error: EngineError) => void): void {
    const { method, signal, timeoutMs } = this.#call;
    if (signal?.aborted) return reject(this.#error("aborted", "cancelled", signal.reason));
    const body = this.#call.body === undefined ? "" : JSON.stringify(this.#call.body);
    const { upload } = this.#call;
    const hasLength = method === "POST" && upload === undefined;
    const length = hasLength ? { "Content-Length": Buffer.byteLength(body) } : {};
    const type = body === "" ? {} : { "Content-Type": "application/json" };
    const headers = { Host: "docker", ...length, ...type, ...this.#call.headers };
    const request = this.#open(headers, reject);
    if (request === undefined) return;
    const end = (error: EngineError) => {
      this.#ended = error;
      request.destroy(error);
    };
    const cancel = () => end(this.#error("aborted", "cancelled", signal?.reason));
    this.#ignoreAbort = signal && onAbort(signal, cancel);
    // Waiting for a free connection does not count: the queue for them may be long.
    request.once("socket", () => {
      if (timeoutMs === 0) return;
      const detail = `no complete answer within ${timeoutMs / 1000} s`;
      this.#timer = setTimeout(() => end(this.#error("timed-out", detail)), timeoutMs);
    });
    request.once("response", (response) => resolve(this.#read(response)));
    request.on("error", (error: NodeJS.ErrnoException) => {
      this.wasStale =
        request.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE");
      this.#settle();
      reject(this.#failure(error));
    });
    if (upload === undefined) request.end(body);
    else void this.#upload(upload, request, end);
  }

  async #upload(
    upload: AsyncIterable<Uint8Array>,
    request: ClientRequest,
    end: (error: EngineError) => void,
  ): Promise<void> {
    try {
      for await (const chunk of upload) {
        if (request.destroyed) return;
        if (!request.write(chunk)) await writable(request);
      }
      request.end();
    } catch (error) {
      // An engine must not take what has come so far for all of it.
      end(this.#error("aborted", reasonOf(error), error));
    }
  }

  /** Opening a connection fails at once where its address or its certificates cannot be used at all. */
  #open(
    headers: OutgoingHttpHeaders,
    reject: (error: EngineError) => void,
  ): ClientRequest | undefined {
    const { agent, method, path } = this.#call;
    try {
      return process.getBuiltinModule("node:http").request({ agent, method, path, headers });
    } catch (error) {
      reject(this.#failure(error));
      return undefined;
    }
  }

  #read(response: IncomingMessage): HttpAnswer {
    const chunks = () => {
      response.setEncoding("utf8");
      return this.#chunks<string>(response);
    };
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      chunks,
      bytes: () => this.#chunks<Uint8Array>(response),
      async text() {
        const parts: string[] = [];
        for await (const chunk of chunks()) parts.push(chunk);
        return parts.join("");
      },
    };
  }

  async *#chunks<T>(response: IncomingMessage): AsyncGenerator<T> {
    try {
      for await (const chunk of response) yield chunk as T;
    } catch (error) {
      throw this.#failure(error);
    } finally {
      this.#settle();
    }
  }

  #settle(): void {
    clearTimeout(this.#timer);
    this.#ignoreAbort?.();
  }

  #failure(error: unknown): EngineError {
    if (this.#ended !== undefined) return this.#ended;
    return this.#error(kindOfSystemError(error), reasonOf(error), error);
  }

  #error(kind: EngineError["kind"], detail: string, cause?: unknown): EngineError {
    const { address, method, path } = this.#call;
    return new EngineError(kind, { address, request: `${method} ${path}`, detail, cause });
  }
}

/** Resolves when the request takes more, or never will. */
function writable(request: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      request.off("drain", settle).off("close", settle);
      resolve();
    };
    request.once("drain", settle).once("close", settle);
  });
}

/** What went wrong, without the file names of OpenSSL and the advice of Node to run it with other options. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // One failure for each address that a host name has.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(", ");
  const { reason } = error as { reason?: unknown };
  return typeof reason === "string" ? reason : error.message.replace(/; .*--use-system-ca.*$/s, "");
}
