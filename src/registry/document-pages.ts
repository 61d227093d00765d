import { nextPage } from "./next-page.ts";
import { RegistryError } from "./registry-error.ts";
import type { RegistryTransport } from "./transport.ts";

/** Ten million names where pages are as long as they are asked for. */
const MOST_PAGES = 10_000;

export interface PagedDocument {
  /** Of the first page. */
  readonly path: string;
  readonly scope: string;
  /** Statuses by which a registry says that it has no such list. */
  readonly none: readonly number[];
  readonly signal: AbortSignal;
}

/** Documents that go on by a `Link` header, as they come; undefined in place of one that the registry does not have, the last. */
export async function* documentPages(
  transport: RegistryTransport,
  { path: first, scope, none, signal }: PagedDocument,
): AsyncGenerator {
  const { registry } = transport;
  const broken = (path: string, detail: string, cause?: unknown): RegistryError =>
    new RegistryError("protocol", { registry, request: `GET ${path}`, detail, cause });
  const seen = new Set<string>();
  for (let path: string | undefined = first; path !== undefined;) {
    seen.add(path);
    if (seen.size > MOST_PAGES) throw broken(first, `it has not ended after ${MOST_PAGES} pages`);
    const asked = { method: "GET", path, scope, allow: none, signal } as const;
    const answer = await transport.request(asked);
    if (answer.status >= 400) {
      await answer.discard();
      return yield undefined;
    }
    const bytes = await answer.document();
    let document: unknown;
    try {
      document = JSON.parse(bytes.toString("utf8"));
    } catch (cause) {
      throw broken(path, "the answer is not JSON", cause);
    }
    yield document;
    path = nextPage(answer.header("link"), path, registry);
    if (path !== undefined && seen.has(path))
      throw broken(path, "it gives the same page again and again");
  }
}
