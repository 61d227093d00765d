import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readSettings } from "./read-settings.ts";
import { resolveEngine, socketsHere } from "./resolve-engine.ts";
import { isTargetProblem } from "./target-problem.ts";
import { parseTarget } from "./target-spec.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-config-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): void {
  const file = join(folder, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
}

function addContext(
  name: string,
  docker: object,
  tls: Readonly<Record<string, string>> = {},
): void {
  const id = createHash("sha256").update(name).digest("hex");
  write(`contexts/meta/${id}/meta.json`, JSON.stringify({ Name: name, Endpoints: { docker } }));
  for (const [file, text] of Object.entries(tls))
    write(`contexts/tls/${id}/docker/${file}.pem`, text);
}

function resolve(target: string, env: Readonly<Record<string, string>> = {}, userId = 1000) {
  const settings = readSettings({ DOCKER_CONFIG: folder, ...env }, "/home/me", userId);
  const spec = parseTarget(target);
  if (isTargetProblem(spec) || spec.kind === "layout" || spec.kind === "registry")
    throw new Error(`${target} is no engine`);
  return resolveEngine(spec, settings);
}

describe("who decides", () => {
  const host = { DOCKER_HOST: "unix:///env.sock" };
  const context = { DOCKER_CONTEXT: "two" };
  test.each([
    [
      "--target with an address",
      "unix:///flag.sock",
      { ...host, ...context },
      "/flag.sock",
      "--target",
    ],
    ["--target with a context", "one", { ...host, ...context }, "/one.sock", "--target"],
    ["DOCKER_HOST", "docker://", { ...host, ...context }, "/env.sock", "DOCKER_HOST"],
    ["DOCKER_CONTEXT", "docker://", context, "/two.sock", "DOCKER_CONTEXT"],
    ["currentContext", "docker://", {}, "/one.sock", "config.json"],
    ["the default context", "default", {}, "/var/run/docker.sock", "--target"],
    ["the default context with DOCKER_HOST", "default", host, "/env.sock", "DOCKER_HOST"],
  ])("%s", (_name, target, env, socketPath, origin) => {
    addContext("one", { Host: "unix:///one.sock" });
    addContext("two", { Host: "unix:///two.sock" });
    write("config.json", JSON.stringify({ currentContext: "one" }));
    expect(resolve(target, env)).toMatchObject({ endpoint: { kind: "unix", socketPath }, origin });
  });

  test.each([
    ["no configuration", undefined],
    ["a configuration that says nothing", "{}"],
    ["an empty name", '{"currentContext":""}'],
  ])("nobody: %s", (_name, config) => {
    if (config !== undefined) write("config.json", config);
    expect(resolve("docker://")).toMatchObject({
      name: "default",
      endpoint: { kind: "unix", socketPath: "/var/run/docker.sock" },
      origin: "default",
    });
  });
});

describe("TLS", () => {
  const pem = { ca: "CA", cert: "CERT", key: "KEY" };
  test.each([
    [
      "a context's own",
      { Host: "tcp://h:1" },
      pem,
      { port: 1, tls: { ...pem, skipVerify: false } },
    ],
    [
      "unchecked",
      { Host: "tcp://h:1", SkipTLSVerify: true },
      {},
      { port: 1, tls: { skipVerify: true } },
    ],
    [
      "decides the default port",
      { Host: "tcp://h" },
      pem,
      { port: 2376, tls: { ...pem, skipVerify: false } },
    ],
  ])("%s", (_name, docker, files, expected) => {
    addContext("one", docker, files);
    const endpoint = { kind: "tcp", host: "h", ...expected };
    expect(resolve("one")).toEqual({
      kind: "resolved-engine",
      name: "one",
      endpoint,
      origin: "--target",
    });
  });

  test("none", () => {
    addContext("one", { Host: "tcp://h:1" });
    expect(resolve("one")).toMatchObject({ endpoint: { kind: "tcp", host: "h", port: 1 } });
    expect(JSON.stringify(resolve("one"))).not.toContain("tls");
  });

  test("from the environment, for an address", () => {
    write("certs/ca.pem", "CA");
    const env = {
      DOCKER_HOST: "tcp://h",
      DOCKER_TLS_VERIFY: "1",
      DOCKER_CERT_PATH: join(folder, "certs"),
    };
    const endpoint = { kind: "tcp", host: "h", port: 2376, tls: { ca: "CA", skipVerify: false } };
    expect(resolve("docker://", env)).toMatchObject({ endpoint });
  });

  test("without an authority to check against is a problem", () => {
    const env = { DOCKER_HOST: "tcp://h", DOCKER_TLS_VERIFY: "1" };
    expect(resolve("docker://", env)).toMatchObject({
      kind: "target-problem",
      cause: expect.stringContaining("ca.pem"),
    });
  });
});

describe("problems", () => {
  test("a context that does not exist names those that do", () => {
    addContext("zeta", { Host: "unix:///z.sock" });
    addContext("alpha", { Host: "unix:///a.sock" });
    expect(resolve("beta")).toEqual({
      kind: "target-problem",
      subject: 'the docker context "beta"',
      cause: `It does not exist in ${folder}.`,
      nextStep: "Use one of those that do: default, alpha, zeta.",
    });
  });

  test.each([
    [
      "a configuration that is not JSON",
      "docker://",
      {},
      () => write("config.json", "{"),
      "not a JSON object",
    ],
    ["a context without an engine", "one", {}, () => addContext("one", {}), "does not say"],
    [
      "a context on a named pipe",
      "one",
      {},
      () => addContext("one", { Host: "npipe:////./pipe/x" }),
      "named pipes",
    ],
    ["a bad DOCKER_HOST", "docker://", { DOCKER_HOST: "host:2375" }, () => {}, "scheme"],
  ])("%s", (_name, target, env, arrange, cause) => {
    arrange();
    expect(resolve(target, env)).toMatchObject({
      kind: "target-problem",
      cause: expect.stringContaining(cause),
    });
  });
});

test.each([
  ["root", 0, "/run/user/0", "/run/podman/podman.sock"],
  ["a user", 1000, "/run/user/1000", "/run/user/1000/podman/podman.sock"],
])("Podman's socket of %s", (_name, userId, runtimeDir, socketPath) => {
  const resolved = resolve("podman://", { XDG_RUNTIME_DIR: runtimeDir }, userId);
  expect(resolved).toMatchObject({ name: "podman", endpoint: { kind: "unix", socketPath } });
});

test("sockets to suggest are those that are there", () => {
  write("docker.sock", "");
  const settings = readSettings({ XDG_RUNTIME_DIR: folder }, "/home/me", 1000);
  expect(socketsHere(settings)).toContain(`unix://${folder}/docker.sock`);
  expect(socketsHere(settings)).not.toContain(`unix://${folder}/podman/podman.sock`);
});
