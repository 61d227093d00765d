import { setTimeout as sleep } from "node:timers/promises";
import { request as send, type Dispatcher } from "undici";

import type { FindCertificates, FindCredentials } from "../ports/registry-credentials.ts";
import { AdaptiveLimit } from "./adaptive-limit.ts";
import { Authenticator } from "./authenticate.ts";
import { openAgent, type ProxySettings } from "./agent.ts";
import { apiOrigins, type RegistryEndpoint } from "./endpoint.ts";
import { isRefusedCertificate, kindOfSystemError } from "./network-error.ts";
import { kindOfStatus, readErrors, RegistryError } from "./registry-error.ts";
import { headerOf, RegistryResponse } from "./registry-response.ts";
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
  /** Statuses of 400 and more that are an answer, not an error. */
  readonly allow?: readonly number[];
  readonly signal: AbortSignal;
}

export interface TransportOptions {
  readonly endpoint: RegistryEndpoint;
  readonly findCredentials: FindCredentials;
  /** Absent where the system's authorities are enough. */
  readonly findCertificates?: FindCertificates;
  readonly clock: () => number;
  /** 0 up to 1; passed in so that waiting can be tested. */
  readonly random: () => number;
  readonly userAgent: string;
  readonly proxies?: ProxySettings;
}

const MOST_REDIRECTS = 5;

/** Requests to one registry: authenticated, repeated where that can help, never more at once than it bears. */
export class RegistryTransport {
  readonly registry: string;
  readonly #options: TransportOptions;
  #agent: Promise<Dispatcher> | undefined;
  readonly #limit = new AdaptiveLimit();
  readonly #authenticator: Authenticator;
  /** Found out by the first request. */
  #origin: Promise<string> | undefined;
  #isPlain = false;

  constructor(options: TransportOptions) {
    const { endpoint } = options;
    this.registry = endpoint.host;
    this.#options = options;
    this.#authenticator = new Authenticator({
      registry: endpoint.host,
      findCredentials: options.findCredentials,
      clock: options.clock,
      plainHttp: () => this.#isPlain,
      send: async ({ method, url, headers, body }) => {
        const answer = await this.#sendOnce(url, { method, headers, ...(body ? { body } : {}) });
        return { status: answer.statusCode, body: await answer.body.text() };
      },
    });
  }

  async close(): Promise<void> {
    await (await this.#agent)?.close();
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
      const answer = await this.#sendOnce(url, {
        method: asked.method,
        headers: {
          "user-agent": this.#options.userAgent,
          ...asked.headers,
          ...(authorization === undefined || !isOwn ? {} : { authorization }),
        },
        ...(asked.body === undefined ? {} : { body: asked.body }),
        signal: asked.signal,
      });
      const location = headerOf(answer, "location");
      const isRedirect = [301, 302, 303, 307, 308].includes(answer.statusCode);
      const isRead = asked.method === "GET" || asked.method === "HEAD";
      if (!isRedirect || !isRead || location === undefined) return answer;
      await answer.body.dump();
      const next = new URL(location, url);
      if (redirects >= MOST_REDIRECTS || (next.protocol === "http:" && !this.#isPlain))
        throw this.#error("unsafe-link", asked, `it sends on to ${next.origin}`);
      url = next;
    }
  }

  async #urlOf({ path, signal }: RegistryRequest): Promise<URL> {
    const origin = await (this.#origin ??= this.#findOrigin(signal));
    const url = new URL(path, origin);
    if (url.origin === origin) return url;
    throw new RegistryError("unsafe-link", {
      registry: this.registry,
      detail: `it gives an address on another host: ${url.origin}`,
    });
  }

  async #findOrigin(signal: AbortSignal): Promise<string> {
    const origins = apiOrigins(this.#options.endpoint);
    for (const [index, origin] of origins.entries()) {
      this.#isPlain = origin.startsWith("http:");
      if (index === origins.length - 1) return origin;
      try {
        const answer = await this.#sendOnce(new URL("/v2/", origin), { method: "GET", signal });
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

  async #sendOnce(
    url: URL,
    options: {
      readonly method: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
      readonly signal?: AbortSignal;
    },
  ): Promise<Dispatcher.ResponseData> {
    const dispatcher = await (this.#agent ??= this.#openAgent());
    try {
      return await send(url, {
        ...(options as Omit<Dispatcher.RequestOptions, "origin" | "path">),
        // Else undici closes the connection after each HEAD, lest a server send a body with it: then the next answer
        // cannot be parsed, and is asked for again.
        reset: false,
        dispatcher,
      });
    } catch (error) {
      throw new RegistryError(kindOfSystemError(error, options.signal), {
        registry: this.registry,
        request: `${options.method} ${url.pathname}`,
        detail: error instanceof Error ? error.message : String(error),
        cause: error,
      });
    }
  }

  async #openAgent(): Promise<Dispatcher> {
    const { findCertificates, proxies } = this.#options;
    return openAgent(await findCertificates?.(this.registry), proxies);
  }

  async #judge(asked: RegistryRequest, answer: Dispatcher.ResponseData): Promise<RegistryResponse> {
    const { statusCode: status, body } = answer;
    if (status < 400 || asked.allow?.includes(status) === true) {
      const request = `${asked.method} ${pathOnly(asked.path)}`;
      return new RegistryResponse(answer, { registry: this.registry, request });
    }
    const text = await body.text().catch(() => "");
    const errors = readErrors(text);
    const said = errors.map(({ code, message }) => message || code).join("; ");
    const waitSeconds = Number(headerOf(answer, "retry-after"));
    throw new RegistryError(kindOfStatus(status), {
      registry: this.registry,
      request: `${asked.method} ${pathOnly(asked.path)}`,
      status,
      codes: errors.map(({ code }) => code),
      detail: said || `HTTP status ${status}`,
      ...(Number.isFinite(waitSeconds) ? { retryAfterSeconds: waitSeconds } : {}),
    });
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
