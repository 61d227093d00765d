import { setTimeout as wait } from "node:timers/promises";
import { HttpMethod, KubeConfig, RequestContext } from "@kubernetes/client-node";
import { Agent, request, type Dispatcher } from "undici";

import { isJsonObject, type JsonObject } from "../oci/json-object.ts";
import { ClusterError, messageOf, type ClusterErrorKind } from "./cluster-error.ts";
import type { ClusterAccess } from "./read-kubeconfig.ts";

const HEADERS_TIMEOUT_MS = 60_000;
/** A page is 500 objects of at most 1.5 MB (etcd's limit), and a few kilobytes as a rule. */
const MOST_BODY_BYTES = 512 * 2 ** 20;
const ATTEMPTS = 4;
const FIRST_DELAY_MS = 500;
const MOST_DELAY_MS = 10_000;

/** Asks the API server of one cluster. Close it in the end. */
export class ClusterClient {
  readonly #server: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #dispatcher: Dispatcher;

  private constructor(server: string, context: RequestContext) {
    this.#server = server;
    this.#headers = context.getHeaders();
    this.#dispatcher = context.getDispatcher() ?? new Agent();
  }

  /** Kubernetes' own client turns the access into headers, certificates and proxies. */
  static async open({ cluster, user }: ClusterAccess): Promise<ClusterClient> {
    const config = new KubeConfig();
    config.loadFromClusterAndUser(cluster, user);
    const context = new RequestContext(cluster.server, HttpMethod.GET);
    context.setHeaderParam("accept", "application/json");
    context.setHeaderParam("user-agent", "plimsoll");
    try {
      await config.applySecurityAuthentication(context);
    } catch (cause) {
      throw new ClusterError("kubeconfig", messageOf(cause), { cause });
    }
    return new ClusterClient(cluster.server, context);
  }

  close(): Promise<void> {
    return this.#dispatcher.destroy();
  }

  /** Tries again where the server is overloaded or in trouble. */
  async get(
    path: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<JsonObject> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#getOnce(path, query, signal);
      } catch (error) {
        const isLast = attempt === ATTEMPTS || signal.aborted;
        if (isLast || !(error instanceof ClusterError) || error.kind !== "server") throw error;
        const askedMs = (error.retryAfterSeconds ?? 0) * 1000;
        const delayMs = Math.max(askedMs, FIRST_DELAY_MS * 2 ** (attempt - 1));
        // Cut short by the signal, the next attempt tells why.
        await wait(Math.min(MOST_DELAY_MS, delayMs), undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #getOnce(
    path: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<JsonObject> {
    let status: number;
    let retryAfter: string | string[] | undefined;
    let text: string;
    try {
      const answer = await request(`${this.#server}${path}`, {
        query: { ...query },
        headers: this.#headers,
        dispatcher: this.#dispatcher,
        headersTimeout: HEADERS_TIMEOUT_MS,
        signal,
      });
      status = answer.statusCode;
      retryAfter = answer.headers["retry-after"];
      text = await readText(answer.body);
    } catch (cause) {
      if (cause instanceof ClusterError) throw cause;
      throw new ClusterError(kindOfFailure(cause, signal), sayFailure(this.#server, cause), {
        cause,
      });
    }
    const body = parse(text);
    if (status === 200 && body !== undefined) return body;
    if (status === 200)
      throw new ClusterError("bad-content", `${this.#server}${path} answered with no JSON object`);
    throw refusal(status, body, Number(retryAfter));
  }
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BODY_BYTES)
      throw new ClusterError("bad-content", `an answer of more than ${MOST_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    // The page of a proxy, for instance: then only the status tells.
    return undefined;
  }
}

const KINDS: Readonly<Record<number, ClusterErrorKind>> = {
  401: "unauthorized",
  403: "forbidden",
  404: "not-found",
  410: "expired",
};

/** A `Status` of the API, in its own words where it has some. */
function refusal(status: number, body: JsonObject | undefined, retryAfterSeconds: number): Error {
  const said = typeof body?.["message"] === "string" ? `: ${body["message"]}` : "";
  const isBusy = status === 429 || status >= 500;
  const kind = KINDS[status] ?? (isBusy ? "server" : "bad-content");
  return new ClusterError(
    kind,
    `the API server answered ${status}${said}`,
    Number.isFinite(retryAfterSeconds) ? { retryAfterSeconds } : {},
  );
}

/** OpenSSL's verification results have codes of their own, without a common prefix. */
const CERTIFICATE_CODES =
  /^(?:CERT_|ERR_TLS_|ERR_SSL_|EPROTO$|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA)/;

function kindOfFailure(error: unknown, signal: AbortSignal): ClusterErrorKind {
  if (signal.aborted) {
    const reason: unknown = signal.reason;
    return reason instanceof Error && reason.name === "TimeoutError" ? "timed-out" : "aborted";
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (/TIMEOUT|TIMEDOUT/.test(code)) return "timed-out";
  return CERTIFICATE_CODES.test(code) ? "tls" : "unreachable";
}

function sayFailure(server: string, cause: unknown): string {
  const detail = messageOf(cause);
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return `${server} does not answer (${detail === "" ? code : detail})`;
}
