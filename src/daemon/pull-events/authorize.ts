import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/**
 * Whether a request carries the secret: as a bearer token, as the password of a basic authentication, as the whole header
 * (Harbor), or as `?token=` (DTR, which sends no headers of one's own).
 */
export function isAuthorized(request: IncomingMessage, secret: string): boolean {
  const header = request.headers.authorization ?? "";
  const [, scheme = "", rest = ""] = /^(\S+) +(.*)$/.exec(header) ?? [];
  const basic = Buffer.from(rest, "base64").toString("utf8");
  const { url = "" } = request;
  const candidates = [
    header,
    scheme.toLowerCase() === "bearer" ? rest : "",
    scheme.toLowerCase() === "basic" ? basic.slice(basic.indexOf(":") + 1) : "",
    new URLSearchParams(url.slice(url.indexOf("?") + 1)).get("token") ?? "",
  ];
  // All are compared, each in the same time whatever it is.
  return candidates.map((each) => isSame(each, secret)).includes(true);
}

function isSame(given: string, secret: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}
