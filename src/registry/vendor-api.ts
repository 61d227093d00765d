import type { RegistryCredentials } from "../ports/registry-credentials.ts";
import { nextPage } from "./next-page.ts";
import { RegistryError } from "./registry-error.ts";
import type { RegistryResponse } from "./registry-response.ts";
import type { RegistryRequest, RegistryTransport } from "./transport.ts";

/** Any document of a vendor's interface; what it holds is checked field by field. */
export type ApiObject = Readonly<Record<string, unknown>>;

/** A vendor's own interface beside the protocol: JSON over the same transport, with its own authorization. */
export class VendorApi {
  readonly #transport: RegistryTransport;
  readonly #signal: AbortSignal;
  readonly #authorize: () => Promise<string | undefined>;
  readonly #scope: string;

  /**
   * `authorize` gives the value of the header; it may ask for a token first. Where it gives none, the registry is answered as
   * by the protocol, with a token for `scope` where it asks for one.
   */
  constructor(
    transport: RegistryTransport,
    signal: AbortSignal,
    authorize: () => Promise<string | undefined> = async () => undefined,
    scope = "",
  ) {
    this.#transport = transport;
    this.#signal = signal;
    this.#authorize = authorize;
    this.#scope = scope;
  }

  async get(path: string): Promise<{ readonly body: unknown; readonly answer: RegistryResponse }> {
    const answer = await this.#request("GET", path);
    return { body: await this.#parse(answer, path), answer };
  }

  /** Lists that go on by a `Link` header (RFC 8288); what `listIn` finds in each page. */
  async *linked(
    first: string,
    listIn: (page: unknown) => unknown = (page) => page,
  ): AsyncGenerator<ApiObject> {
    for (let path: string | undefined = first; path !== undefined;) {
      const { body, answer }: { body: unknown; answer: RegistryResponse } = await this.get(path);
      yield* this.objects(listIn(body), path);
      path = nextPage(answer.header("link"), path, this.#transport.registry);
    }
  }

  /** A list of objects; anything else is no answer to decide by. */
  objects(list: unknown, path: string): readonly ApiObject[] {
    if (Array.isArray(list) && list.every((each) => typeof each === "object" && each !== null))
      return list as readonly ApiObject[];
    throw this.malformed(`GET ${path}`, "the answer holds no list");
  }

  /** Sends a document, once: whether it came through is not known where no answer comes. */
  async send(
    method: "POST" | "PUT",
    path: string,
    document: ApiObject,
  ): Promise<{ readonly body: unknown; readonly answer: RegistryResponse }> {
    const text = JSON.stringify(document);
    const answer = await this.#request(method, path, { body: Buffer.from(text), once: true });
    return { body: await this.#parse(answer, path, method), answer };
  }

  /** What is no JSON: logs. */
  async text(path: string): Promise<string> {
    const answer = await this.#request("GET", path);
    return (await answer.document()).toString("utf8");
  }

  /** `gone` where the answer is 404. */
  async delete(path: string): Promise<"deleted" | "gone"> {
    const answer = await this.#request("DELETE", path, { allow: [404] });
    await answer.discard();
    return answer.status === 404 ? "gone" : "deleted";
  }

  async #request(
    method: "GET" | "POST" | "PUT" | "DELETE",
    path: string,
    rest: Pick<RegistryRequest, "allow" | "body" | "once"> = {},
  ): Promise<RegistryResponse> {
    const authorization = await this.#authorize();
    return this.#transport.request({
      method,
      path,
      scope: this.#scope,
      headers: {
        // Logs are text.
        accept: "application/json, text/plain;q=0.5",
        ...(rest.body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(authorization === undefined ? {} : { authorization }),
      ...rest,
      signal: this.#signal,
    });
  }

  /** An empty answer is `undefined`, but to a GET. */
  async #parse(answer: RegistryResponse, path: string, method = "GET"): Promise<unknown> {
    const text = (await answer.document()).toString("utf8");
    if (text.trim() === "" && method !== "GET") return undefined;
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw this.malformed(`${method} ${path}`, "the answer is not JSON", cause);
    }
  }

  /** An answer that nothing can be decided by. */
  malformed(request: string, detail: string, cause?: unknown): RegistryError {
    const { registry } = this.#transport;
    const asked = request.replace(/\?.*$/s, "");
    return new RegistryError("protocol", { registry, request: asked, detail, cause });
  }
}

/** The header of a user name with a password; undefined where one is missing. */
export function basicAuthorization(
  credentials: RegistryCredentials | undefined,
): string | undefined {
  const { username, password } = credentials ?? {};
  if (username === undefined || password === undefined) return undefined;
  return `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`;
}
