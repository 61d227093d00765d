import { setTimeout as sleep } from "node:timers/promises";
import type { Dispatcher } from "undici";

import type { FindCredentials } from "../ports/registry-credentials.ts";
import { AdaptiveLimit } from "./adaptive-limit.ts";
import { Authenticator } from "./authenticate.ts";
import { errorOfAnswer } from "./answer-error.ts";
import { RegistryConnection, type ConnectionOptions } from "./connection.ts";
import { apiOrigins, isLoopback, type RegistryEndpoint } from "./endpoint.ts";
import { isRefusedCertificate } from "./network-error.ts";
import { RegistryError } from "./registry-error.ts";
import { headerOf, readBeginning, RegistryResponse } from "./registry-response.ts";
import { readWarnings } from "./warning-header.ts";
import { delayBefore, MOST_ATTEMPTS } from "./retry-delay.ts";

export interface RegistryRequest {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "PATCH" | "DELETE";
  /** Begins with `/v2/`, or is a whole URL that the registry has given for this upload. */
  readonly path: string;
  /** What a token is asked for: `repository:team/app:pull`; empty for none in particular. */
  readonly scope: string;
  /** Sent as it is, with no answer to what the registry asks for; empty for none. */
  readonly authorization?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
  /** Not sent again where nobody knows whether it came through. */
  readonly once?: true;
  /** Statuses of 300 and more that are an answer, not an error. */
  readonly allow?: readonly number[];
  readonly signal: AbortSignal;
}

export interface TransportOptions extends Omit<ConnectionOptions, "registry"> {
  readonly endpoint: RegistryEndpoint;
  readonly findCredentials: FindCredentials;
  /** 0 up to 1; passed in so that waiting can be tested. */
  readonly random: () => number;
  readonly userAgent: string;
  /** Told what a registry wants told to people, each once. */
  readonly onWarning?: (text: string) => void;
}

const MOST_REDIRECTS = 5;
/** Tokens are a few kilobytes. */
const MOST_TOKEN_BYTES = 1024 * 1024;

/** Requests to one registry: authenticated, repeated where that can help, never more at once than it bears. */
export class RegistryTransport {
  readonly registry: string;
  readonly #options: TransportOptions;
  readonly #connection: RegistryConnection;
  readonly #limit = new AdaptiveLimit();
  readonly #authenticator: Authenticator;
  /** Found out by the first request. */
  #origin: Promise<string> | undefined;
  #isPlain = false;
  readonly #warned = new Set<string>();

  constructor(options: TransportOptions) {
    const { endpoint } = options;
    this.registry = endpoint.host;
    this.#options = options;
    this.#connection = new RegistryConnection({ ...options, registry: endpoint.host });
    this.#authenticator = new Authenticator({
      registry: endpoint.host,
      findCredentials: options.findCredentials,
      clock: options.clock,
      mayBePlain: (url) => this.#mayBePlain(url),
      send: async (request) => {
        const answer = await this.#connection.send(request.url, request);
        return {
          status: answer.statusCode,
          body: await readBeginning(answer.body, MOST_TOKEN_BYTES),
        };
      },
    });
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async request(asked: RegistryRequest): Promise<RegistryResponse> {
    const repeatable = asked.once !== true && isRepeatable(asked);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#limit.run(() => this.#authenticated(asked), isOverrun);
      } catch (error) {
        if (!(error instanceof RegistryError) || !error.retryable || !repeatable) throw error;
        const delayMs = delayBefore(attempt, error.retryAfterSeconds, this.#options.random);
        if (attempt >= MOST_ATTEMPTS || delayMs === undefined) throw error;
        await sleep(delayMs, undefined, { signal: asked.signal });
      }
    }
  }

  async #authenticated(asked: RegistryRequest): Promise<RegistryResponse> {
    const { authorization } = asked;
    if (authorization !== undefined)
      return this.#judge(asked, await this.#follow(asked, authorization || undefined));
    const known = await this.#authenticator.headerFor(asked.scope);
    const first = await this.#follow(asked, known);
    if (first.statusCode !== 401 || !isRepeatable(asked)) return this.#judge(asked, first);
    const challenge = headerOf(first, "www-authenticate") ?? "";
    await first.body.dump();
    const header = await this.#authenticator.headerAfter(challenge, asked.scope);
    if (header === undefined) throw await this.#unauthorized(asked);
    const second = await this.#follow(asked, header);
    if (second.statusCode === 401) {
      await second.body.dump();
      throw await this.#unauthorized(asked);
    }
    return this.#judge(asked, second);
  }

  /** Storage elsewhere is told of by a redirect; it gets no credentials. */
  async #follow(
    asked: RegistryRequest,
    authorization: string | undefined,
  ): Promise<Dispatcher.ResponseData> {
    let url = await this.#urlOf(asked);
    const { host } = url;
    for (let redirects = 0; ; redirects += 1) {
      const isOwn = url.host === host;
      const answer = await this.#connection.send(url, {
        method: asked.method,
        headers: {
          "user-agent": this.#options.userAgent,
          ...asked.headers,
          ...(authorization === undefined || !isOwn ? {} : { authorization }),
        },
        ...(asked.body === undefined ? {} : { body: asked.body }),
        signal: asked.signal,
      });
      // Whoever answers a request for credentials hands them to the one who asks.
      if (answer.statusCode === 401 && !isOwn) {
        await answer.body.dump();
        const detail = `it sends on to ${url.host}, which wants credentials and gets none`;
        throw this.#error("unsafe-link", asked, detail, 401);
      }
      const location = headerOf(answer, "location");
      const isRedirect = [301, 302, 303, 307, 308].includes(answer.statusCode);
      const isRead = asked.method === "GET" || asked.method === "HEAD";
      if (!isRedirect || !isRead || location === undefined) return answer;
      await answer.body.dump();
      const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
      const isSafe = next?.protocol === "https:" || (next !== undefined && this.#mayBePlain(next));
      if (next === undefined || !isSafe || redirects >= MOST_REDIRECTS) {
        const where = next === undefined ? "no address" : `${next.protocol}//${next.host}`;
        throw this.#error("unsafe-link", asked, `it sends on to ${where}`);
      }
      url = next;
    }
  }

  /** Without encryption only this machine is asked, and whom a registry names that the user has named so. */
  #mayBePlain({ protocol, host }: URL): boolean {
    const isMeant = this.#options.endpoint.plainHttp === true || isLoopback(host);
    return protocol === "http:" && this.#isPlain && isMeant;
  }

  async #urlOf({ path, signal }: RegistryRequest): Promise<URL> {
    this.#origin ??= this.#findOrigin(signal);
    // What one could not find out, or did not wait for, the next one asks again.
    this.#origin.catch(() => (this.#origin = undefined));
    const origin = await this.#origin;
    const url = URL.canParse(path, origin) ? new URL(path, origin) : undefined;
    if (url?.origin === origin) return url;
    throw new RegistryError("unsafe-link", {
      registry: this.registry,
      detail: `it gives ${url === undefined ? "no address" : `an address on another host: ${url.origin}`}`,
    });
  }

  async #findOrigin(signal: AbortSignal): Promise<string> {
    const origins = apiOrigins(this.#options.endpoint);
    for (const [index, origin] of origins.entries()) {
      this.#isPlain = origin.startsWith("http:");
      if (index === origins.length - 1) return origin;
      try {
        const answer = await this.#connection.send(new URL("/v2/", origin), {
          method: "GET",
          signal,
        });
        await answer.body.dump();
        return origin;
      } catch (error) {
        if (!(error instanceof RegistryError) || error.kind === "aborted") throw error;
        // It does speak TLS: whoever it is, it is not spoken to without.
        if (isRefusedCertificate(error)) throw error;
      }
    }
    throw new RangeError("a registry has at least one origin");
  }

  async #judge(asked: RegistryRequest, answer: Dispatcher.ResponseData): Promise<RegistryResponse> {
    const { statusCode: status } = answer;
    for (const text of readWarnings(headerOf(answer, "warning"))) this.#warn(text);
    const request = `${asked.method} ${pathOnly(asked.path)}`;
    // A redirect that was not followed is no success; neither is "not modified", unless that was the question.
    const isConditional = asked.headers?.["if-none-match"] !== undefined;
    const isAnswered = status < 300 || (status === 304 && isConditional);
    if (isAnswered || asked.allow?.includes(status) === true)
      return new RegistryResponse(answer, { registry: this.registry, request });
    throw await errorOfAnswer(answer, {
      registry: this.registry,
      request,
      credentials: await this.#authenticator.source(),
      nowMs: this.#options.clock(),
    });
  }

  #warn(text: string): void {
    if (this.#warned.has(text)) return;
    this.#warned.add(text);
    this.#options.onWarning?.(`${this.registry} says: ${text}`);
  }

  async #unauthorized(asked: RegistryRequest): Promise<RegistryError> {
    const source = await this.#authenticator.source();
    const detail =
      source === undefined
        ? "it wants credentials, and none are known for it"
        : `it does not take the credentials from ${source}`;
    return this.#error("unauthorized", asked, detail, 401);
  }

  #error(
    kind: RegistryError["kind"],
    asked: RegistryRequest,
    detail: string,
    status?: number,
  ): RegistryError {
    return new RegistryError(kind, {
      registry: this.registry,
      request: `${asked.method} ${pathOnly(asked.path)}`,
      detail,
      ...(status === undefined ? {} : { status }),
    });
  }
}

function isRepeatable({ body }: RegistryRequest): boolean {
  return body === undefined || body instanceof Uint8Array;
}

function isOverrun(error: unknown): boolean {
  return error instanceof RegistryError && (error.kind === "rate-limited" || error.status === 503);
}

/** Queries may hold tokens of the storage behind. */
function pathOnly(path: string): string {
  return path.replace(/\?.*$/s, "");
}
