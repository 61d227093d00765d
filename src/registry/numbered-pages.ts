import type { ApiObject, VendorApi } from "./vendor-api.ts";

export interface NumberedPages {
  /** The path of a page; the first is 1. */
  readonly pathOf: (page: number) => string;
  /** Default: the page is the list. */
  readonly listIn?: (page: unknown) => unknown;
  /** Whether another page follows. Links to it may lead to other hosts, and are not followed. */
  readonly goesOn: (page: unknown, count: number) => boolean;
}

/** Every object of a list whose pages are counted. */
export async function* numberedPages(
  api: VendorApi,
  { pathOf, listIn = (page) => page, goesOn }: NumberedPages,
): AsyncGenerator<ApiObject> {
  for (let page = 1; ; page += 1) {
    const path = pathOf(page);
    const { body } = await api.get(path);
    const objects = api.objects(listIn(body), path);
    yield* objects;
    // A page without anything ends the list whatever it says: else a server could keep us asking.
    if (objects.length === 0 || !goesOn(body, objects.length)) return;
  }
}
