import type { Answer, Asked, Route } from "./serve.ts";

export interface TokenServer {
  /** Hands tokens out (distribution, docs/spec/auth/token.md). */
  readonly hands: Route;
  /** Lets nobody pass to the other routes without a token that is good at that moment. */
  readonly guards: Route;
  /** Scopes that tokens were asked for. */
  readonly scopes: string[];
  /** None that was handed out so far is good any more. */
  revokeAll(): void;
}

/** Tokens for a registry, each for one scope. */
export function tokenServer(realm: () => string): TokenServer {
  const good = new Map<string, string>();
  const scopes: string[] = [];
  return {
    scopes,
    revokeAll: () => good.clear(),
    hands({ url }: Asked): Answer | undefined {
      if (url.pathname !== "/token") return undefined;
      const scope = url.searchParams.get("scope") ?? "";
      scopes.push(scope);
      const token = `token-${scopes.length}`;
      good.set(token, scope);
      return { status: 200, body: { token, expires_in: 300 } };
    },
    guards({ url, method, headers }: Asked): Answer | undefined {
      if (!url.pathname.startsWith("/v2/")) return undefined;
      const scope = good.get(headers.authorization?.replace("Bearer ", "") ?? "");
      const wanted = /^\/v2\/(.+)\/(?:tags|manifests|blobs|referrers)\//.exec(url.pathname)?.[1];
      const isDeletion = method === "DELETE";
      const isPush = ["POST", "PUT", "PATCH"].includes(method);
      const isAllowed =
        scope !== undefined &&
        (wanted === undefined || scope.startsWith(`repository:${wanted}:`)) &&
        (!isDeletion || scope.endsWith("delete")) &&
        (!isPush || scope.includes("push"));
      if (isAllowed) return undefined;
      const challenge = `Bearer realm="${realm()}/token",service="fake"`;
      return { status: 401, headers: { "www-authenticate": challenge } };
    },
  };
}
