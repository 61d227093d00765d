import { RegistryError } from "./registry-error.ts";

/**
 * The path of the page after this one, by the `Link` header (RFC 8288); undefined on the last. A link may be relative; one
 * to another host is refused, for a registry must not choose whom we send credentials to.
 */
export function nextPage(
  link: string | undefined,
  current: string,
  registry: string,
): string | undefined {
  const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(link ?? "")?.[1];
  if (target === undefined) return undefined;
  const here = `https://${registry}${current}`;
  const url = URL.canParse(target, here) ? new URL(target, here) : undefined;
  // Servers behind others write their own scheme, and with it another port goes without saying.
  const isWeb = url?.protocol === "https:" || url?.protocol === "http:";
  if (isWeb && url.host === new URL(`${url.protocol}//${registry}`).host)
    return `${url.pathname}${url.search}`;
  throw new RegistryError("unsafe-link", {
    registry,
    request: `GET ${current}`,
    detail: `its next page is on another host: ${target}`,
  });
}
