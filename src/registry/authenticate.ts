import type { FindCredentials, RegistryCredentials } from "../ports/registry-credentials.ts";
import { parseChallenges, type Challenge } from "./challenge.ts";
import { kindOfStatus, RegistryError } from "./registry-error.ts";
import { TokenCache, type TokenAnswer } from "./token-cache.ts";

/** Sends one request that needs no authentication of its own; answers status and body. */
export type SendPlain = (request: {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}) => Promise<{ readonly status: number; readonly body: string }>;

export interface AuthenticatorOptions {
  readonly registry: string;
  readonly findCredentials: FindCredentials;
  readonly send: SendPlain;
  readonly clock: () => number;
  /** Whether secrets may go there without encryption. */
  readonly mayBePlain: (url: URL) => boolean;
}

/** Finds the `Authorization` that a registry wants: none, basic, or a token for a scope. */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #tokens: TokenCache;
  /** What the registry asked for last; before that nobody knows. */
  #challenge: Challenge | undefined;
  #credentials: Promise<RegistryCredentials | undefined> | undefined;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
    this.#tokens = new TokenCache(options.clock);
  }

  /** Where the credentials that were sent are from; undefined when none were. */
  async source(): Promise<string | undefined> {
    return (await this.#credentials)?.source;
  }

  /** The header to send with a request of that scope, as far as it can be known before the registry has asked. */
  async headerFor(scope: string): Promise<string | undefined> {
    return this.#challenge === undefined ? undefined : this.#answer(this.#challenge, scope, false);
  }

  /** The header after an answer of 401; undefined where nothing more can be tried. */
  async headerAfter(wwwAuthenticate: string, scope: string): Promise<string | undefined> {
    const challenges = parseChallenges(wwwAuthenticate);
    const challenge =
      challenges.find(({ scheme }) => scheme === "bearer") ??
      challenges.find(({ scheme }) => scheme === "basic");
    if (challenge === undefined) return undefined;
    this.#challenge = challenge;
    return this.#answer(challenge, scope, true);
  }

  async #answer(challenge: Challenge, scope: string, anew: boolean): Promise<string | undefined> {
    const credentials = await (this.#credentials ??= this.#options.findCredentials(
      this.#options.registry,
    ));
    if (challenge.scheme === "basic") return credentials && basic(credentials);
    if (credentials?.registryToken !== undefined) return `Bearer ${credentials.registryToken}`;
    const { realm, service = "" } = challenge.parameters;
    if (realm === undefined) return undefined;
    const key = `${realm} ${service} ${scope}`;
    if (anew) this.#tokens.forget(key);
    const token =
      this.#tokens.find(key) ??
      this.#tokens.keep(key, await this.#fetchToken(realm, service, scope, credentials));
    return token === undefined ? undefined : `Bearer ${token}`;
  }

  async #fetchToken(
    realm: string,
    service: string,
    scope: string,
    credentials: RegistryCredentials | undefined,
  ): Promise<TokenAnswer> {
    const url = this.#realmUrl(realm);
    const { send } = this.#options;
    const request = { client_id: "plimsoll", service, scope };
    if (credentials?.identityToken !== undefined) {
      // distribution, docs/spec/auth/oauth.md
      const grant = { grant_type: "refresh_token", refresh_token: credentials.identityToken };
      const body = new URLSearchParams({ ...grant, ...request }).toString();
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      const answer = await send({ method: "POST", url, headers, body });
      return this.#readToken(answer, url, credentials.source);
    }
    const { scope: scopes, ...others } = request;
    for (const [name, value] of Object.entries(others))
      if (value !== "") url.searchParams.set(name, value);
    // distribution, docs/spec/auth/token.md: a parameter for each resource.
    for (const each of scopes.split(" ")) if (each !== "") url.searchParams.append("scope", each);
    const authorization = credentials && basic(credentials);
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    return this.#readToken(await send({ method: "GET", url, headers }), url, credentials?.source);
  }

  /** A realm is told to us by whoever answered: secrets go there only encrypted, as they went to the registry. */
  #realmUrl(realm: string): URL {
    const url = URL.canParse(realm) ? new URL(realm) : undefined;
    if (url !== undefined && (url.protocol === "https:" || this.#options.mayBePlain(url)))
      return url;
    throw this.#error(
      "protocol",
      `it sends for tokens to ${JSON.stringify(realm)}, which is not safe`,
    );
  }

  #readToken(
    { status, body }: { status: number; body: string },
    url: URL,
    source: string | undefined,
  ): TokenAnswer {
    if (status === 401 || status === 403) {
      const from =
        source === undefined ? "without credentials" : `for the credentials from ${source}`;
      throw this.#error(
        "unauthorized",
        `${url.host} gives no token ${from} (HTTP ${status})`,
        status,
      );
    }
    if (status >= 400)
      throw this.#error(
        kindOfStatus(status),
        `${url.host} gives no token (HTTP ${status})`,
        status,
      );
    try {
      return (JSON.parse(body) ?? {}) as TokenAnswer;
    } catch (cause) {
      throw this.#error(
        "protocol",
        `${url.host} answers the request for a token with no JSON`,
        status,
        cause,
      );
    }
  }

  #error(
    kind: RegistryError["kind"],
    detail: string,
    status?: number,
    cause?: unknown,
  ): RegistryError {
    return new RegistryError(kind, {
      registry: this.#options.registry,
      detail,
      ...(status === undefined ? {} : { status }),
      cause,
    });
  }
}

function basic({ username, password }: RegistryCredentials): string | undefined {
  if (username === undefined || password === undefined) return undefined;
  return `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`;
}
