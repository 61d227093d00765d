import { expect, onTestFinished, test } from "vitest";

import { serve, type Answer } from "../../test/fakes/registries/serve.ts";
import { RegistryClient } from "./registry-client.ts";
import { RegistryTransport } from "./transport.ts";

const { signal } = new AbortController();
const DIGEST = `sha256:${"0".repeat(64)}`;

/** A registry that has one answer to everything. */
async function clientOf(answer: Answer): Promise<RegistryClient> {
  const fake = await serve(() => answer);
  const transport = new RegistryTransport({
    endpoint: { host: fake.address, plainHttp: true },
    findCredentials: async () => undefined,
    clock: () => 0,
    random: () => 0,
    userAgent: "test",
  });
  onTestFinished(async () => {
    await transport.close();
    fake.close();
  });
  return new RegistryClient(transport, signal);
}

async function allOf<T>(each: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const one of each) all.push(one);
  return all;
}

test.each<[string, unknown, readonly string[]]>([
  ["names", { tags: ["1", "latest"] }, ["1", "latest"]],
  ["none", { tags: [] }, []],
  ["none left, as distribution says it", { name: "app", tags: null }, []],
])("a list of tags with %s", async (_what, body, tags) => {
  const client = await clientOf({ status: 200, body });
  expect(await allOf(client.tags("app"))).toEqual(tags);
});

test.each<[string, unknown]>([
  ["no list", { message: "try again" }],
  ["a list of other things", { tags: ["1", 2] }],
  ["an object in its place", { tags: {} }],
  ["nothing", null],
  ["what is no tag", { tags: ["../../other/manifests/1"] }],
  ["what would be obeyed by a terminal", { tags: ["\u001B[2J"] }],
])("an answer with %s is not taken for the whole list", async (_what, body) => {
  const client = await clientOf({ status: 200, body });
  await expect(allOf(client.tags("app"))).rejects.toMatchObject({ kind: "protocol" });
});

test.each(["a/../b", "a//b", "./a", "a?b", "a#b", "a%2fb", "a b", "", "\u001B[2J"])(
  "no repository is called %j",
  async (name) => {
    const client = await clientOf({ status: 200, body: { repositories: [name] } });
    await expect(allOf(client.repositories())).rejects.toMatchObject({
      kind: "protocol",
    });
  },
);

test("repositories may be called as other products allow", async () => {
  const repositories = ["app", "Team/App_1.x", "a/b/c-d"];
  const client = await clientOf({ status: 200, body: { repositories } });
  expect(await allOf(client.repositories())).toEqual(repositories);
});

test("a tag that has not changed, of which nobody knew what it was", async () => {
  const client = await clientOf({ status: 304 });
  await expect(client.headManifest("app", "1")).rejects.toMatchObject({ kind: "protocol" });
  expect(await client.headManifest("app", "1", DIGEST)).toBe("unchanged");
});

test.each(["md7:00", "latest", "sha256:00"])(
  "a manifest is what its bytes are where the registry says %s",
  async (said) => {
    const body = Buffer.from("{}");
    const headers = { "docker-content-digest": said };
    const client = await clientOf({ status: 200, headers, body });
    const digest = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    expect(await client.headManifest("app", "1")).toMatchObject({ digest });
  },
);

test("what cannot be checked is not read", async () => {
  const client = await clientOf({ status: 200, body: Buffer.from("{}") });
  const digest = "blake3:00";
  await expect(client.getManifest("app", digest)).rejects.toMatchObject({ kind: "bad-content" });
  await expect(allOf(client.getBlob("app", digest))).rejects.toMatchObject({
    kind: "bad-content",
  });
});
