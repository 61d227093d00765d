import { errorAnswer, type Answer, type Asked } from "./serve.ts";

export interface ScopedTokens {
  /** Hands a token out for each scope that is asked for; undefined for other requests. */
  hands(asked: Asked): Answer | undefined;
  /** An answer for who may not do that in the repository. Only the program is asked: pushing is left to the tests. */
  wants(asked: Asked, repository: string, action: string): Answer | undefined;
}

/** Tokens that hold their scope, each good for that alone (distribution, docs/spec/auth/token.md). */
export function scopedTokens(
  path: string,
  origin: () => string,
  /** Undefined: the scope is granted. */
  refusal: (scope: string) => Answer | undefined,
): ScopedTokens {
  return {
    hands({ url }) {
      if (url.pathname !== path) return undefined;
      const scope = url.searchParams.get("scope") ?? "";
      const body = { token: Buffer.from(scope).toString("base64") };
      return refusal(scope) ?? { status: 200, body };
    },
    wants({ headers }, repository, action) {
      if (headers["user-agent"] !== "plimsoll") return undefined;
      const token = headers.authorization?.replace("Bearer ", "") ?? "";
      const [, name, actions = ""] = Buffer.from(token, "base64").toString("utf8").split(":");
      if (name === repository && actions.split(",").includes(action)) return undefined;
      const challenge = `Bearer realm="${origin()}${path}",service="fake"`;
      return { ...errorAnswer(401, "UNAUTHORIZED"), headers: { "www-authenticate": challenge } };
    },
  };
}
