import type { EngineEndpoint } from "../../ports/engine-endpoint.ts";
import { compareApiVersions, isTested, negotiateApiVersion } from "./api-version.ts";
import { EngineConnection, type EngineResponse, type RequestOptions } from "./engine-connection.ts";
import { askVersion, pingEngine, type EngineVersion } from "./identify-engine.ts";

/** One engine, spoken to in one API version. Paths are given without version: `/images/json`. */
export interface EngineClient {
  /** Where it is, without secrets. */
  readonly address: string;
  /** The negotiated version, as it stands in every path. */
  readonly apiVersion: string;
  readonly engine: EngineVersion;
  /** True when the connection speaks at least this version: engines ignore parameters that they do not know. */
  supports(apiVersion: string): boolean;
  /** GET and parse; no answer at all is an error. The caller vouches for `T` by the API's documentation, and reads it tolerantly. */
  getJson<T>(path: string, options?: RequestOptions): Promise<T>;
  request(method: string, path: string, options?: RequestOptions): Promise<EngineResponse>;
  /** The JSON documents of a progress or event stream. An error inside the stream is thrown, whatever the status said. */
  stream(method: string, path: string, options?: RequestOptions): AsyncGenerator;
  /** The bytes of an answer that is no JSON: an archive. */
  download(method: string, path: string, options?: RequestOptions): AsyncGenerator<Uint8Array>;
  /** Ends idle and running connections. */
  close(): void;
}

export interface ConnectOptions {
  readonly signal?: AbortSignal;
  /** Speak this version instead of the newest common one. */
  readonly apiVersion?: string;
}

/** An engine that has just been started by its socket may take a while to answer the first request. */
const CONNECT_TIMEOUT_MS = 60_000;

/** Connects and negotiates the API version: in one quick round trip, unless the engine is newer than what was tested. */
export async function connectEngine(
  endpoint: EngineEndpoint,
  { signal, apiVersion }: ConnectOptions = {},
): Promise<EngineClient> {
  const connection = new EngineConnection(endpoint);
  try {
    const options = { timeoutMs: CONNECT_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) };
    const known = await pingEngine(connection, options);
    // The oldest version that an engine speaks matters only where it is not its newest that is spoken.
    if (known !== undefined && apiVersion === undefined && isTested(known.apiVersion)) {
      return new NegotiatedClient(connection, known, known.apiVersion);
    }
    const { engine, range } = await askVersion(connection, options);
    const negotiated = negotiateApiVersion(range, apiVersion);
    if ("mismatch" in negotiated) {
      throw connection.error(negotiated.mismatch, undefined, negotiated.detail);
    }
    return new NegotiatedClient(connection, engine, negotiated.apiVersion);
  } catch (error) {
    connection.close();
    throw error;
  }
}

class NegotiatedClient implements EngineClient {
  readonly engine: EngineVersion;
  readonly apiVersion: string;
  readonly #connection: EngineConnection;

  constructor(connection: EngineConnection, engine: EngineVersion, apiVersion: string) {
    this.#connection = connection;
    this.engine = engine;
    this.apiVersion = apiVersion;
  }

  get address(): string {
    return this.#connection.address;
  }

  supports(apiVersion: string): boolean {
    return compareApiVersions(this.apiVersion, apiVersion) >= 0;
  }

  async getJson<T>(path: string, options?: RequestOptions): Promise<T> {
    const { body } = await this.request("GET", path, options);
    // Nothing is not an empty list: a container that is not told of may be there.
    if (body === undefined)
      throw this.#connection.error("protocol", `GET ${path}`, "the answer is empty");
    return body as T;
  }

  request(method: string, path: string, options?: RequestOptions): Promise<EngineResponse> {
    return this.#connection.request(method, `/v${this.apiVersion}${path}`, options);
  }

  stream(method: string, path: string, options?: RequestOptions): AsyncGenerator {
    return this.#connection.stream(method, `/v${this.apiVersion}${path}`, options);
  }

  download(method: string, path: string, options?: RequestOptions): AsyncGenerator<Uint8Array> {
    return this.#connection.download(method, `/v${this.apiVersion}${path}`, options);
  }

  close(): void {
    this.#connection.close();
  }
}
