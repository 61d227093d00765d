import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { installNodeProgram } from "../../test/fixtures/node-program.ts";
import { registryAuthHeader } from "../docker/registry-auth.ts";
import { findCredentials } from "./find-credentials.ts";

const HUB = "https://index.docker.io/v1/";
const SECRET = "s3cret-Œ";
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-credentials-"));
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env["PATH"]}`);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function configure(config: object | string): void {
  writeFileSync(
    join(folder, "config.json"),
    typeof config === "string" ? config : JSON.stringify(config),
  );
}

/** A helper that knows the registries of `secrets`, and answers as the real ones do. */
function installHelper(name: string, script: string): void {
  const read = 'const key = require("node:fs").readFileSync(0, "utf8");';
  installNodeProgram(folder, `docker-credential-${name}`, `${read}\n${script}`);
}

async function credentialsFor(registry: string): Promise<unknown> {
  const header = registryAuthHeader(registry, await findCredentials(folder, registry));
  expect(header).toMatch(/^[A-Za-z0-9_-]+=*$/);
  expect(header.length % 4).toBe(0);
  return JSON.parse(Buffer.from(header, "base64url").toString("utf8"));
}

const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("stored in config.json", () => {
  test.each([
    [
      "user and password",
      { "reg.test": { auth: base64(`me:${SECRET}`) } },
      "reg.test",
      { username: "me", password: SECRET },
    ],
    [
      "a colon in the password",
      { "reg.test": { auth: base64("me:a:b") } },
      "reg.test",
      { username: "me", password: "a:b" },
    ],
    [
      "a key with scheme and path",
      { "https://reg.test/v1/": { auth: base64("me:x") } },
      "reg.test",
      { username: "me", password: "x" },
    ],
    [
      "a port",
      { "reg.test:5000": { auth: base64("me:x") } },
      "reg.test:5000",
      { username: "me", password: "x" },
    ],
    [
      "an identity token",
      { "reg.test": { auth: base64("me:"), identitytoken: "t" } },
      "reg.test",
      { username: "me", identitytoken: "t" },
    ],
    [
      "a registry token",
      { "reg.test": { registrytoken: "t" } },
      "reg.test",
      { registrytoken: "t" },
    ],
  ])("%s", async (_name, auths, registry, expected) => {
    configure({ auths });
    expect(await credentialsFor(registry)).toEqual({ ...expected, serveraddress: registry });
  });

  test("Docker Hub has a key of its own", async () => {
    configure({ auths: { [HUB]: { auth: base64("me:x") } } });
    expect(await credentialsFor("docker.io")).toEqual({
      username: "me",
      password: "x",
      serveraddress: HUB,
    });
  });

  test.each([
    ["nothing of this registry", { auths: { "reg.test": { auth: base64("me:x") } } }],
    ["another port", { auths: { "other.test:5000": { auth: base64("me:x") } } }],
    ["an entry that a helper has left empty", { auths: { "other.test": {} } }],
    ["no registries at all", {}],
  ])("%s", async (_name, config) => {
    configure(config);
    expect(await credentialsFor("other.test")).toEqual({});
  });

  test("no file", async () => {
    expect(await credentialsFor("reg.test")).toEqual({});
  });

  test("a broken file is named, not quoted", async () => {
    configure(`{"auths": ${SECRET}`);
    const error = await findCredentials(folder, "reg.test").catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: "credentials", place: join(folder, "config.json") });
    expect(String(error)).not.toContain(SECRET);
  });
});

describe("helpers", () => {
  const answer = (user: string) =>
    `console.log(JSON.stringify({ ServerURL: key, Username: "${user}", Secret: "${SECRET}" }));`;

  test.each([
    ["the general store", { credsStore: "one" }, "reg.test", { username: "me", password: SECRET }],
    [
      "one for this registry first",
      { credsStore: "two", credHelpers: { "reg.test": "one" } },
      "reg.test",
      { username: "me", password: SECRET },
    ],
    [
      "the general store for others",
      { credsStore: "two", credHelpers: { "reg.test": "one" } },
      "other.test",
      { identitytoken: SECRET },
    ],
    [
      "rather than what is stored",
      { credsStore: "one", auths: { "reg.test": { auth: base64("old:x") } } },
      "reg.test",
      { username: "me", password: SECRET },
    ],
  ])("%s", async (_name, config, registry, expected) => {
    installHelper("one", answer("me"));
    installHelper("two", answer("<token>"));
    configure(config);
    expect(await credentialsFor(registry)).toEqual({ ...expected, serveraddress: registry });
  });

  test("one that knows nothing of the registry", async () => {
    installHelper(
      "one",
      'console.log("credentials not found in native keychain"); process.exit(1);',
    );
    configure({ credsStore: "one" });
    expect(await credentialsFor("reg.test")).toEqual({});
  });

  test.each([
    ["fails", `console.log("${SECRET}"); process.exit(3);`, "status 3"],
    ["answers nonsense", `console.log("${SECRET}");`, "no credentials"],
  ])("one that %s is named, its answer is not", async (_name, script, detail) => {
    installHelper("one", script);
    configure({ credsStore: "one" });
    const error = await findCredentials(folder, "reg.test").catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      kind: "credentials",
      place: "docker-credential-one",
      detail: expect.stringContaining(detail),
    });
    expect(String(error)).not.toContain(SECRET);
  });

  test.each(["missing", "../one"])("%s is not there", async (name) => {
    configure({ credsStore: name });
    await expect(findCredentials(folder, "reg.test")).rejects.toMatchObject({
      kind: "credentials",
    });
  });
});
