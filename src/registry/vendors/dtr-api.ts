import type { ApiObject, VendorApi } from "../vendor-api.ts";

/** DTR's own interface (docker/docs, reference/dtr/2.7/api). */
export const DTR_API = "/api/v0";
export const REPOSITORIES = `${DTR_API}/repositories`;

const PAGE_SIZE = 100;
/** Where the next page starts; absent or empty on the last. */
const NEXT_PAGE = "x-next-page-start";

/** Every object of a list that comes in pages. */
export async function* dtrPages(
  api: VendorApi,
  path: string,
  listIn: (page: unknown) => unknown = (page) => page,
): AsyncGenerator<ApiObject> {
  yield* pagesOf(api, path, (asked) => api.get(asked), listIn);
}

/** The same where a document is sent with the question. */
export async function* dtrAnswers(
  api: VendorApi,
  path: string,
  document: ApiObject,
): AsyncGenerator<ApiObject> {
  yield* pagesOf(
    api,
    path,
    (asked) => api.send("POST", asked, document),
    (page) => page,
  );
}

async function* pagesOf(
  api: VendorApi,
  path: string,
  ask: (path: string) => ReturnType<VendorApi["get"]>,
  listIn: (page: unknown) => unknown,
): AsyncGenerator<ApiObject> {
  for (let start = ""; ;) {
    const query = `pageSize=${PAGE_SIZE}${start === "" ? "" : `&pageStart=${encodeURIComponent(start)}`}`;
    const { body, answer } = await ask(`${path}?${query}`);
    yield* api.objects(listIn(body), path);
    const next = answer.header(NEXT_PAGE) ?? "";
    if (next === "" || next === start) return;
    start = next;
  }
}
