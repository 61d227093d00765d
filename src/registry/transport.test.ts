import { expect, onTestFinished, test } from "vitest";

import {
  serve,
  type Answer,
  type Route,
  type RunningFake,
} from "../../test/fakes/registries/serve.ts";
import { RegistryTransport } from "./transport.ts";

const SIGNAL = new AbortController().signal;
const PASSWORD = "not-for-everybody";

async function running(...routes: readonly Route[]): Promise<RunningFake> {
  const fake = await serve(...routes);
  onTestFinished(() => fake.close());
  return fake;
}

function transportTo(host: string): RegistryTransport {
  return new RegistryTransport({
    endpoint: { host },
    findCredentials: async () => ({ username: "me", password: PASSWORD, source: "a test" }),
    clock: () => 0,
    random: () => 0,
    userAgent: "test",
  });
}

function get(transport: RegistryTransport, path: string, method: "GET" | "DELETE" = "GET") {
  return transport.request({ method, path, scope: "", signal: SIGNAL });
}

/** Writes down every `Authorization` that comes, and answers all the same. */
function listening(answer: Answer): { readonly heard: string[]; readonly route: Route } {
  const heard: string[] = [];
  const route: Route = ({ headers }) => {
    if (headers.authorization !== undefined) heard.push(headers.authorization);
    return answer;
  };
  return { heard, route };
}

test("where it sends on to gets no credentials, also when it asks for them", async () => {
  const realm: { url: string } = { url: "" };
  const stranger = listening({ status: 200, body: { token: "t" } });
  const elsewhere = await running(
    ({ url }) =>
      url.pathname === "/blob"
        ? { status: 401, headers: { "www-authenticate": `Bearer realm="${realm.url}/token"` } }
        : undefined,
    stranger.route,
  );
  realm.url = elsewhere.url;
  const registry = await running(({ url }) =>
    url.pathname === "/v2/blob"
      ? { status: 307, headers: { location: `${elsewhere.url}/blob` } }
      : undefined,
  );
  await expect(get(transportTo(registry.address), "/v2/blob")).rejects.toMatchObject({
    kind: "unsafe-link",
    detail: expect.stringContaining(elsewhere.address),
  });
  expect(stranger.heard).toEqual([]);
  expect(elsewhere.requests).toEqual(["GET /blob"]);
});

test.each(["http://registry.example.com/token", "ftp://127.0.0.1/token", "token"])(
  "no secret goes without encryption to another machine: %s",
  async (realm) => {
    const registry = await running(() => ({
      status: 401,
      headers: { "www-authenticate": `Bearer realm="${realm}"` },
    }));
    await expect(get(transportTo(registry.address), "/v2/")).rejects.toMatchObject({
      kind: "protocol",
      detail: expect.stringContaining("not safe"),
    });
  },
);

test("nothing is read without encryption from another machine", async () => {
  const registry = await running(({ url }) =>
    url.pathname === "/v2/blob"
      ? { status: 307, headers: { location: "http://storage.example.com/blob" } }
      : undefined,
  );
  await expect(get(transportTo(registry.address), "/v2/blob")).rejects.toMatchObject({
    kind: "unsafe-link",
  });
});

test.each<[string, Answer]>([
  ["elsewhere", { status: 307, headers: { location: "https://registry.example.com/v2/" } }],
  ["nowhere", { status: 302 }],
  ["to what one has", { status: 304 }],
])("a deletion that is sent %s was not carried out", async (_where, answer) => {
  const registry = await running(({ method }) => (method === "DELETE" ? answer : undefined));
  await expect(
    get(transportTo(registry.address), "/v2/app/manifests/sha256:0", "DELETE"),
  ).rejects.toMatchObject({ kind: "protocol", status: answer.status });
});
