import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readSettings } from "../../src/config/read-settings.ts";
import { openTarget } from "../../src/main/open-target.ts";
import { cli, type CliResult } from "../cli/cli-harness.ts";
import { MemoryRegistry } from "../fakes/registries/memory-registry.ts";
import { ociRoutes } from "../fakes/registries/oci-routes.ts";
import { errorAnswer, serve, type Route } from "../fakes/registries/serve.ts";
import { tokenServer } from "../fakes/registries/token-server.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { REGISTRY_USER, startRegistry, type RunningRegistry } from "../harness/registry.ts";
import { RegistryPusher } from "../harness/registry-images.ts";
import { createScratchFolder, discardScratchFolder } from "../harness/scratch-folder.ts";
import { makeTlsCertificates, type TlsCertificates } from "../harness/tls-certificates.ts";
import { environmentIn } from "./contract-session.ts";
import { closing } from "./registry-vendors.ts";

/** A command as a user gives it, on real targets; `password` is what docker has stored for a registry. */
async function typed(
  args: readonly string[],
  {
    environment = {},
    password,
  }: { environment?: NodeJS.ProcessEnv; password?: readonly [string, string] } = {},
): Promise<CliResult & { readonly memory: string }> {
  const memory = scratchFolder();
  if (password !== undefined) {
    const [host, secret] = password;
    const auth = Buffer.from(`${REGISTRY_USER.username}:${secret}`).toString("base64");
    mkdirSync(join(memory, "docker"));
    const config = join(memory, "docker/config.json");
    writeFileSync(config, JSON.stringify({ auths: { [host]: { auth } } }));
  }
  let settings = readSettings({ ...environmentIn(memory), ...environment }, homedir());
  const { signal } = new AbortController();
  const result = await cli(args, {
    useRegistryFlags({ registryCa: caFile }) {
      const { registryCertificates } = settings;
      if (caFile !== undefined)
        settings = { ...settings, registryCertificates: { ...registryCertificates, caFile } };
    },
    openTarget: (spec) =>
      openTarget(spec, { settings, clock: Date.now, signal, notify: () => undefined }),
  });
  return { ...result, memory };
}

const images = (address: string) => ["images", "-t", address];

/** A registry of two images, behind routes that do wrong. */
async function fake(...wrong: readonly Route[]): Promise<string> {
  const memory = new MemoryRegistry();
  const open = await closing(() => serve(ociRoutes(memory)));
  const pusher = new RegistryPusher(open.url);
  for (const tag of ["1", "2"]) await pusher.image("team/app", { tag });
  const { address } = await closing(() => serve(...wrong, ociRoutes(memory)));
  return `registry+distribution://${address}`;
}

const on =
  (path: RegExp, answer: ReturnType<Route>, methods = ["GET", "HEAD"]): Route =>
  ({ url, method }) =>
    methods.includes(method) && path.test(url.pathname) ? answer : undefined;

let folder: string;
let certificates: TlsCertificates;
let encrypted: RunningRegistry;
let locked: RunningRegistry;
let frozen: RunningRegistry;
beforeAll(async () => {
  folder = createScratchFolder();
  certificates = await makeTlsCertificates(folder);
  encrypted = await startRegistry({ tls: certificates.server });
  locked = await startRegistry({ basicAuth: true });
  frozen = await startRegistry({ deletion: false });
  await new RegistryPusher(frozen.url).image("team/app", { tag: "1" });
});
afterAll(async () => {
  await Promise.all([encrypted, locked, frozen].map((registry) => registry.stop()));
  await discardScratchFolder(folder);
});

interface Expected {
  readonly says: readonly (string | RegExp)[];
  /** What can be done about it. */
  readonly next: string | RegExp;
  readonly code?: number;
}

function expectWords(
  { code, stderr }: CliResult,
  { says, next, code: expected = 1 }: Expected,
): void {
  for (const words of [...says, next]) expect(stderr).toMatch(words);
  expect(stderr).not.toMatch(/\b(?:GET|HEAD|PUT|POST|DELETE) \//);
  expect(stderr).not.toContain("unexpected error");
  expect(code).toBe(expected);
}

test("an unknown host", async () => {
  expectWords(await typed(images("registry://nosuch.invalid:5000")), {
    says: [
      "no registry answers at nosuch.invalid:5000",
      /no host of that name|could not be looked up/,
    ],
    next: "Check its name and port",
  });
});

test("a host where nothing listens", async () => {
  expectWords(await typed(images("registry://127.0.0.1:1")), {
    says: ["no registry answers at 127.0.0.1:1: nothing listens there"],
    next: "Check its name and port",
  });
});

test("a certificate of nobody that is known, and its authority as a flag", async () => {
  const address = `registry://${encrypted.address}`;
  expectWords(await typed(images(address)), {
    says: ["no trusted connection to the registry", "an authority that is not trusted here"],
    next: "--registry-ca FILE",
  });
  const told = await typed([...images(address), "--registry-ca", certificates.caFile]);
  expect(told).toMatchObject({ code: 0, stderr: expect.not.stringContaining("trusted") });
  const before = await typed(["--registry-ca", certificates.caFile, ...images(address)]);
  expect(before.code).toBe(0);
});

test("an authority that is no file, and one that is no certificate", async () => {
  const asked = [...images(`registry://${encrypted.address}`), "--registry-ca"];
  expectWords(await typed([...asked, "/nonexistent/ca.pem"]), {
    says: ["/nonexistent/ca.pem: there is no such file"],
    next: "PEM certificates",
  });
  const text = join(folder, "no-certificate.pem");
  writeFileSync(text, "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n");
  expectWords(await typed([...asked, text]), {
    says: [encrypted.address],
    next: "--registry-ca FILE",
  });
});

test("wrong credentials, with where they are from; and none", async () => {
  const asked = images(`registry://${locked.address}`);
  const wrong = await typed(asked, { password: [locked.address, "wrong"] });
  expectWords(wrong, {
    says: [`does not take the credentials from ${join(wrong.memory, "docker", "config.json")}`],
    next: `docker login ${locked.address}`,
  });
  expectWords(await typed(asked), {
    says: ["it wants credentials, and none are known for it"],
    next: `docker login ${locked.address}`,
  });
});

test("a repository that does not exist", async () => {
  expectWords(await typed(images(`registry://${frozen.address}/no/such`)), {
    says: [frozen.address, "the tags of no/such"],
    next: "Check its spelling",
  });
});

/** What became of a removal is told on standard output, too. */
async function removed(address: string): Promise<CliResult> {
  const host = address.replace(/^.*:\/\//, "");
  const result = await typed(["rm", "-t", address, `${host}/team/app:1`, "--yes"]);
  return { ...result, stderr: result.stdout + result.stderr };
}

test("a registry with deletion disabled", async () => {
  expectWords(await removed(`registry://${frozen.address}`), {
    says: ["team/app:1", "HTTP 405"],
    next: "REGISTRY_STORAGE_DELETE_ENABLED=true",
  });
});

test("a tag that is immutable, as the registry says when it is asked to delete", async () => {
  const refused = errorAnswer(409, "DENIED", "the tag 1 is immutable");
  expectWords(await removed(await fake(on(/\/manifests\//, refused, ["DELETE"]))), {
    says: ["team/app:1"],
    next: "the tag 1 is immutable",
  });
});

const LINK = { link: '<https://elsewhere.example/v2/next>; rel="next"' };
const OTHER = Buffer.from('{"schemaVersion":2,"layers":[],"config":{}}');
const WHOLE_HOUR = { "retry-after": "3600" };

test.each<[what: string, wrong: Route, expected: Expected]>([
  [
    "a list of tags that goes on at another host",
    on(/\/tags\/list$/, { status: 200, body: { tags: ["1"] }, headers: LINK }),
    { says: ["its next page is on another host", "elsewhere.example"], next: "not named" },
  ],
  [
    "a redirect to what is no HTTP",
    on(/\/blobs\//, { status: 307, headers: { location: "ftp://elsewhere.example/blob" } }),
    { says: ["elsewhere.example"], next: "not named" },
  ],
  [
    "a redirect to nowhere",
    on(/\/blobs\//, { status: 307, headers: { location: "http://[" } }),
    { says: ["it sends on to no address"], next: "not named" },
  ],
  [
    "a manifest whose digest does not match",
    on(/\/manifests\/sha256/, { status: 200, body: OTHER }, ["GET"]),
    {
      says: [/team\/app@sha256:\w+: the content has the digest sha256:/],
      next: "Nothing is decided by it",
    },
  ],
  [
    "a configuration whose digest does not match",
    on(/\/blobs\//, { status: 200, body: OTHER }),
    {
      says: [/team\/app@sha256:\w+: the content has the digest/],
      next: "Nothing is decided by it",
    },
  ],
  [
    "more requests than it bears for an hour",
    on(/\/tags\/list$/, {
      ...errorAnswer(429, "TOOMANYREQUESTS", "slow down"),
      headers: WHOLE_HOUR,
    }),
    {
      says: ["the tags of team/app: slow down", "left alone for 3600 s"],
      next: "PLIMSOLL_REGISTRY_RATE",
    },
  ],
  [
    "what this user may not read",
    on(/\/tags\/list$/, errorAnswer(403, "DENIED", "requested access is denied")),
    {
      says: ["the tags of team/app: requested access is denied, with no credentials"],
      next: "docker login",
    },
  ],
  [
    "a web page",
    on(/./, { status: 200, body: Buffer.from("<html>Welcome</html>") }),
    { says: ["is not what a registry says", "not JSON"], next: "Check the address" },
  ],
])("%s", async (_what, wrong, expected) => {
  expectWords(await typed(images(`${await fake(wrong)}/team/app`)), expected);
});

test("a list of repositories that is forbidden", async () => {
  const address = await fake(on(/_catalog$/, errorAnswer(403, "DENIED", "not for you")));
  expectWords(await typed(images(address)), {
    says: ["the list of repositories: not for you"],
    next: /name one, registry:\/\/[\d.:]+\/REPOSITORY/,
  });
});

test("tokens that are not given for these credentials", async () => {
  let url = "";
  const tokens = tokenServer(() => url);
  const refusing: Route = ({ url: asked }) =>
    asked.pathname.includes("token") ? errorAnswer(401, "UNAUTHORIZED", "wrong") : undefined;
  const registry = await closing(() => serve(refusing, tokens.hands, tokens.guards));
  url = registry.url;
  const asked = images(`registry+distribution://${registry.address}/team/app`);
  const result = await typed(asked, { password: [registry.address, "wrong"] });
  expectWords(result, {
    says: ["gives no token for the credentials from", join(result.memory, "docker", "config.json")],
    next: "docker login",
  });
});

test("as many requests as are allowed, and no number of them", async () => {
  const asked = images(`${await fake()}/team/app`);
  expectWords(await typed(asked, { environment: { PLIMSOLL_REGISTRY_BUDGET: "2" } }), {
    says: ["all 2 requests that it may be asked are used up"],
    next: "PLIMSOLL_REGISTRY_BUDGET",
  });
  expectWords(await typed(asked, { environment: { PLIMSOLL_REGISTRY_RATE: "fast" } }), {
    says: ['PLIMSOLL_REGISTRY_RATE is "fast"'],
    next: "how many requests",
    code: 2,
  });
});

test("an answer that never ends", async () => {
  const piece = Buffer.alloc(1024 * 1024, " ");
  const server = createServer((request, response) => {
    if (request.url === "/v2/") return void response.end("{}");
    const more = (): void => {
      while (!response.destroyed && response.write(piece));
    };
    response.on("drain", more);
    more();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const result = await typed(images(`registry+distribution://http://127.0.0.1:${port}/team/app`));
    expectWords(result, {
      says: ["the tags of team/app: the answer goes on beyond 33554432 bytes"],
      next: "Nothing is decided by it",
    });
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
