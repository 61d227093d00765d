import { request as send, type Dispatcher } from "undici";

import type { ProxySettings } from "../ports/proxy-settings.ts";
import type { FindCertificates } from "../ports/registry-credentials.ts";
import { openAgent } from "./agent.ts";
import { describeSystemError, isUnknownHost, kindOfSystemError } from "./network-error.ts";
import { RegistryError } from "./registry-error.ts";
import { RequestPace, type PaceLimits } from "./request-pace.ts";

export interface ConnectionOptions {
  readonly registry: string;
  /** Absent where the system's authorities are enough. */
  readonly findCertificates?: FindCertificates;
  readonly proxies?: ProxySettings;
  readonly pace?: PaceLimits;
  readonly clock: () => number;
}

export interface SentRequest {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
}

/** Sends single requests for a registry, to it and to those it names; opened by the first. */
export class RegistryConnection {
  readonly #options: ConnectionOptions;
  readonly #pace: RequestPace;
  /** By scheme. */
  readonly #agents = new Map<string, Promise<Dispatcher>>();

  constructor(options: ConnectionOptions) {
    const { registry, pace = {}, clock } = options;
    this.#options = options;
    this.#pace = new RequestPace(registry, pace, clock);
  }

  /** Rejects with a RegistryError where there is no answer; every answer is one, whatever its status. */
  async send(url: URL, request: SentRequest): Promise<Dispatcher.ResponseData> {
    const dispatcher = await this.#agentFor(url.protocol === "http:" ? "http:" : "https:");
    try {
      await this.#pace.take(request.signal);
      return await send(url, {
        ...(request as Omit<Dispatcher.RequestOptions, "origin" | "path">),
        // Else undici closes the connection after each HEAD, lest a server send a body with it: then the next answer
        // cannot be parsed, and is asked for again.
        reset: false,
        dispatcher,
      });
    } catch (error) {
      if (error instanceof RegistryError) throw error;
      throw new RegistryError(kindOfSystemError(error, request.signal), {
        registry: this.#options.registry,
        request: `${request.method} ${url.pathname}`,
        detail: describeSystemError(error),
        ...(isUnknownHost(error) ? { isLasting: true } : {}),
        cause: error,
      });
    }
  }

  async close(): Promise<void> {
    for (const agent of this.#agents.values()) await (await agent).close();
  }

  #agentFor(scheme: "http:" | "https:"): Promise<Dispatcher> {
    const known = this.#agents.get(scheme);
    if (known !== undefined) return known;
    const opened = this.#openAgent(scheme);
    this.#agents.set(scheme, opened);
    return opened;
  }

  async #openAgent(scheme: "http:" | "https:"): Promise<Dispatcher> {
    const { registry, findCertificates, proxies } = this.#options;
    return openAgent(scheme, await findCertificates?.(registry), proxies);
  }
}
