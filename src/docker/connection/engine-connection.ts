import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import type { EngineEndpoint } from "../../ports/engine-endpoint.ts";
import { EngineError, kindOfStatus } from "../engine-error.ts";
import { callHttp, type HttpAnswer } from "./http-exchange.ts";
import { splitLines } from "./text-lines.ts";
import { withoutEnvironment } from "./without-environment.ts";
import { addressOf, createAgent } from "./transport.ts";

/** Objects and arrays are sent as JSON, as `filters` and `platform` want it; what is undefined is left out. */
export type Query = Readonly<Record<string, string | number | boolean | object | undefined>>;

export interface RequestOptions {
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, in place of `body`. */
  readonly upload?: AsyncIterable<Uint8Array>;
  readonly headers?: OutgoingHttpHeaders;
  readonly signal?: AbortSignal;
  /** Until the whole answer is there; 0 for no limit. */
  readonly timeoutMs?: number;
  /** Statuses of 400 and more that are an answer, not an error. */
  readonly allow?: readonly number[];
}

export interface EngineResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON; undefined where there was no body. */
  readonly body: unknown;
}

/**
 * Long, because one list or removal on a containerd store of a thousand images takes engines up to 26 some ten seconds,
 * and requests in parallel slow each other down. A dead connection is noticed by other means.
 */
const REQUEST_TIMEOUT_MS = 300_000;

/** The connections to one engine, with paths as they are sent. */
export class EngineConnection {
  readonly address: string;
  readonly #agent: ReturnType<typeof createAgent>;

  constructor(endpoint: EngineEndpoint) {
    this.address = addressOf(endpoint);
    this.#agent = createAgent(endpoint);
  }

  close(): void {
    this.#agent.destroy();
  }

  error(
    kind: EngineError["kind"],
    request: string | undefined,
    detail: string,
    status?: number,
  ): EngineError {
    return new EngineError(kind, {
      address: this.address,
      detail,
      ...(request === undefined ? {} : { request }),
      ...(status === undefined ? {} : { status }),
    });
  }

  async request(
    method: string,
    path: string,
    options: RequestOptions = {},
  ): Promise<EngineResponse> {
    const answer = await this.#call(method, path, options, REQUEST_TIMEOUT_MS);
    const text = await answer.text();
    if (answer.status >= 400 && !options.allow?.includes(answer.status)) {
      throw this.error(
        kindOfStatus(answer.status),
        `${method} ${path}`,
        withoutEnvironment(statedReason(text, answer.status), options.body),
        answer.status,
      );
    }
    return {
      status: answer.status,
      headers: answer.headers,
      body: this.#parse(text, `${method} ${path}`),
    };
  }

  async *stream(method: string, path: string, options: RequestOptions = {}): AsyncGenerator {
    const request = `${method} ${path}`;
    const answer = await this.#open(method, path, options);
    for await (const line of splitLines(answer.chunks())) {
      const document = this.#parse(line, request);
      const detail = errorInStream(document as StreamedError);
      if (detail !== undefined) throw this.error("server", request, detail);
      yield document;
    }
  }

  /** The bytes of an answer that is no JSON. */
  async *download(
    method: string,
    path: string,
    options: RequestOptions = {},
  ): AsyncGenerator<Uint8Array> {
    const answer = await this.#open(method, path, options);
    yield* answer.bytes();
  }

  /** Sends a request whose answer may go on for any time; an error status is thrown. */
  async #open(method: string, path: string, options: RequestOptions): Promise<HttpAnswer> {
    const answer = await this.#call(method, path, options, 0);
    if (answer.status < 400) return answer;
    throw this.error(
      kindOfStatus(answer.status),
      `${method} ${path}`,
      statedReason(await answer.text(), answer.status),
      answer.status,
    );
  }

  #call(
    method: string,
    path: string,
    options: RequestOptions,
    timeoutMs: number,
  ): Promise<HttpAnswer> {
    return callHttp({
      address: this.address,
      agent: this.#agent,
      method,
      path: path + queryOf(options.query ?? {}),
      headers: options.headers,
      body: options.body,
      upload: options.upload,
      signal: options.signal,
      timeoutMs: options.timeoutMs ?? timeoutMs,
    });
  }

  #parse(text: string, request: string): unknown {
    // Podman ends some empty answers with a line break, and says OK where Docker says nothing.
    if (text.trim() === "" || text.trim() === "OK") return undefined;
    try {
      return JSON.parse(text);
    } catch (cause) {
      const detail = "the answer is not JSON";
      throw new EngineError("protocol", { address: this.address, request, detail, cause });
    }
  }
}

function queryOf(query: Query): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    pairs.append(name, typeof value === "object" ? JSON.stringify(value) : String(value));
  }
  const text = pairs.toString();
  return text === "" ? "" : `?${text}`;
}

/** The engine's reason: `{"message": …}`, an error as streams have it, or whatever a proxy in between answered. */
function statedReason(text: string, status: number): string {
  const { message, ...inStream } = parseDocument(text.split("\n", 1)[0] ?? "");
  if (typeof message === "string" && message !== "") return message;
  return errorInStream(inStream) ?? (text.trim().slice(0, MESSAGE_KEPT) || `HTTP status ${status}`);
}

/** Enough of a proxy's error page to know it by. */
const MESSAGE_KEPT = 500;

function parseDocument(text: string): { readonly message?: unknown } & StreamedError {
  try {
    return (JSON.parse(text) ?? {}) as StreamedError;
  } catch {
    // Not the engine's own answer: its text says what it is.
    return {};
  }
}

interface StreamedError {
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
}

function errorInStream({ error, errorDetail }: StreamedError): string | undefined {
  return errorDetail?.message ?? error;
}
