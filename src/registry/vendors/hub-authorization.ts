import type { RegistryCredentials } from "../../ports/registry-credentials.ts";
import { RegistryError } from "../registry-error.ts";
import type { RegistryTransport } from "../transport.ts";

/** A token is good for ten minutes and more; the answer does not say how long. */
const TOKEN_LIFE_MS = 5 * 60_000;

/**
 * The header for Docker Hub's own interface: a token for the user's name and password or access token
 * (docs.docker.com/reference/api/hub/latest, "Create access token"); none without credentials.
 */
export function hubAuthorization(
  transport: RegistryTransport,
  credentials: () => Promise<RegistryCredentials | undefined>,
  signal: AbortSignal,
): () => Promise<string | undefined> {
  let token: { readonly header: Promise<string | undefined>; readonly untilMs: number } | undefined;
  return () => {
    if (token === undefined || performance.now() >= token.untilMs) {
      const header = askForToken(transport, credentials, signal);
      header.catch(() => (token = undefined));
      token = { header, untilMs: performance.now() + TOKEN_LIFE_MS };
    }
    return token.header;
  };
}

async function askForToken(
  transport: RegistryTransport,
  credentials: () => Promise<RegistryCredentials | undefined>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { username, password, source } = (await credentials()) ?? {};
  if (username === undefined || password === undefined) return undefined;
  const answer = await transport.request({
    method: "POST",
    path: "/v2/auth/token",
    scope: "",
    authorization: "",
    headers: { "content-type": "application/json" },
    body: Buffer.from(JSON.stringify({ identifier: username, secret: password })),
    allow: [401],
    signal,
  });
  const text = (await answer.document()).toString("utf8");
  if (answer.status === 401)
    throw new RegistryError("unauthorized", {
      registry: transport.registry,
      status: 401,
      detail: `it does not take the credentials from ${source}`,
    });
  const { access_token: token } = JSON.parse(text) as { access_token?: unknown };
  return typeof token === "string" ? `Bearer ${token}` : undefined;
}
