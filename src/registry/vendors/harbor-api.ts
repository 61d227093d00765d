import { numberedPages } from "../numbered-pages.ts";
import type { ApiObject, VendorApi } from "../vendor-api.ts";

/** Harbor's own interface (goharbor/harbor, api/v2.0/swagger.yaml). */
export const HARBOR_API = "/api/v2.0";

const PAGE_SIZE = 100;

/** Every object of a list; `start` ends in `?` or `&`. */
export function harborPages(api: VendorApi, start: string): AsyncGenerator<ApiObject> {
  return numberedPages(api, {
    pathOf: (page) => `${start}page=${page}&page_size=${PAGE_SIZE}`,
    goesOn: (_page, count) => count === PAGE_SIZE,
  });
}
