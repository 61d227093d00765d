import { expect, test } from "vitest";

import type { CliContext } from "../../src/cli/cli-context.ts";
import { EngineError } from "../../src/docker/engine-error.ts";
import { LayoutError } from "../../src/layout/layout-error.ts";
import { StoreError } from "../../src/store/store-error.ts";
import { cli } from "./cli-harness.ts";
import { fakeHost, UNTAGGED } from "./fake-host.ts";

/** The command line, its exit status, and what must be said: the thing, the cause and the next step. */
const wrongCommandLines: readonly (readonly [string, number, readonly RegExp[]])[] = [
  ["plann", 2, [/unknown command 'plann'/, /Did you mean plan\?/, /See "plimsoll --help"/]],
  ["plan --olderthan 7d", 2, [/unknown option '--olderthan'/, /Did you mean --older-than\?/]],
  ["plan --older-than", 2, [/--older-than <DURATION>' argument missing/]],
  ["plan extra", 2, [/too many arguments for 'plan'/]],
  ["rm", 2, [/missing required argument 'image'/, /See "plimsoll rm --help"/]],
  ["plan --older-than 7", 2, [/--older-than "7" is not a duration; write for example/]],
  ["plan --free 10XB", 2, [/--free "10XB" is not a size; write for example/]],
  ["plan --keep-last few --free x", 2, [/--keep-last "few"/, /--free "x"/]],
  ["plan --filter colour=red", 2, [/--filter "colour=red" is not a filter; known filters/]],
  ["plan --preset nightly", 2, [/--preset "nightly" is not a preset; known: dangling/]],
  ["plan --preset ci -a", 2, [/cannot be combined/]],
  ["plan --now 2026-11-21T00:00:00Z", 2, [/--now needs --inventory/]],
  ["plan --at 2026-11-20", 2, [/--at 2026-11-20 is over/, /--inventory FILE --at TIME/]],
  ["plan --at tomorrow", 2, [/--at "tomorrow" is not a time; write for example 2027-01-01/]],
  ["plan --at 2027-01-01 --inventory x --now 2026-11-21T00:00:00Z", 2, [/give one of them/]],
  ["plan --inventory x -t y", 2, [/--inventory takes the place of a target/]],
  ["apply plan.json -a", 2, [/give the file or flags that choose, not both/]],
  ["pull Nginx", 2, [/"Nginx" is not an image name: .*lower case/, /for instance nginx:1.27/]],
  ["tag web:1 bad::name", 2, [/"bad::name" is not an image name/]],
  ["completion tcsh", 2, [/no completion for "tcsh"; known: bash, zsh, fish/]],
  ["history -n many", 2, [/-n "many" is not a number of runs/]],
  ["history 42", 1, [/there is no run 42/, /plimsoll history lists the runs/]],
  ["plan --filter before=nosuch:1", 1, [/there is no image "nosuch:1"/, /plimsoll images/]],
  ["prune -f --filter since=nosuch:1", 1, [/there is no image "nosuch:1"/]],
  ["apply -y --filter before=nosuch:1", 1, [/there is no image "nosuch:1"/]],
  ["why Web:9 -t oci:x", 1, [/Did you mean web:1/, /plimsoll images -t oci:x lists what is there/]],
  ["why nosuch: -t oci:x", 2, [/"nosuch:" is not an image name/, /for instance nginx:1.27/]],
  ["inspect team/App", 2, [/"team\/App" is not an image name: .*lower case/]],
  ["layers app@sha256:12", 2, [/"sha256:12" is not a digest/]],
  ["rm team/App", 1, [/"team\/App" is not an image name: .*lower case/]],
  ["push web:1", 2, [/is not an engine/, /work on Docker and Podman/]],
];

test.each(wrongCommandLines)("%s", async (line, code, said) => {
  const { target, context } = fakeHost();
  const result = await cli(line.split(" "), context);
  expect(result).toMatchObject({ code, stdout: "" });
  for (const words of said) expect(result.stderr).toMatch(words);
  expect(target.asked).toEqual([]);
});

const unix = { address: "unix:///run/docker.sock" };
const tls = { address: "tcp://build:2376" };
const GET_VERSION = { request: "GET /version" };

/** What opening the target or working on it is rejected with, and what must be said about it. */
const failures: readonly (readonly [string, Error, readonly RegExp[]])[] = [
  [
    "no engine at the socket",
    new EngineError("unreachable", { ...unix, detail: "connect ENOENT" }),
    [
      /no engine answers at unix:\/\/\/run\/docker\.sock: connect ENOENT/,
      /name another one with --target/,
      /Sockets of engines on this machine: unix:\/\/\/run\/podman\/podman\.sock/,
      /Docker contexts: default, build/,
    ],
  ],
  [
    "no permission on the socket",
    new EngineError("permission-denied", { ...unix, detail: "connect EACCES" }),
    [/may not use the engine at unix:/, /usermod -aG docker/, /sudo/, /rootless/],
  ],
  [
    "a registry that wants a login",
    new EngineError("permission-denied", { ...unix, status: 403, detail: "denied: no access" }),
    [/access was denied: denied: no access/, /docker login/],
  ],
  [
    "a registry that wants a login, told in the engine's words",
    new EngineError("server", {
      ...unix,
      request: "POST /v1.51/images/registry.test/app/push",
      detail: "no basic auth credentials",
    }),
    [/the engine said: no basic auth credentials/, /docker login/],
  ],
  [
    "TLS that does not verify",
    new EngineError("tls", { ...tls, detail: "unable to verify the first certificate" }),
    [/no trusted connection to the engine at tcp:\/\/build:2376: unable to verify/, /ca\.pem/],
  ],
  [
    "TLS where none was spoken",
    new EngineError("bad-request", { ...tls, ...GET_VERSION, status: 400, detail: "HTTP request" }),
    [/what answers at tcp:\/\/build:2376/, /DOCKER_TLS_VERIFY/],
  ],
  [
    "something that is no engine",
    new EngineError("not-found", {
      ...tls,
      ...GET_VERSION,
      status: 404,
      detail: "HTTP status 404",
    }),
    [/what answers at tcp:\/\/build:2376 is not what a container engine says/, /Check the address/],
  ],
  [
    "an image that the engine does not have",
    new EngineError("not-found", {
      ...unix,
      request: "POST /v1.51/images/docker.io/library/nosuch:latest/tag",
      status: 404,
      detail: "No such image: nosuch:latest",
    }),
    [/No such image: nosuch:latest/, /plimsoll images lists what is there/],
  ],
  [
    "an image that the registry does not have",
    new EngineError("not-found", {
      ...unix,
      request: "POST /v1.51/images/create",
      status: 404,
      detail: "manifest for nosuch:1 not found",
    }),
    [/manifest for nosuch:1 not found/, /its tag, and that the registry has it/],
  ],
  [
    "an engine that is too old",
    new EngineError("too-old", { ...unix, detail: "the engine speaks API 1.24 to 1.40" }),
    [/too old: the engine speaks API 1\.24 to 1\.40/, /Docker 20\.10/, /Update the engine/],
  ],
  [
    "an engine that does not answer",
    new EngineError("timed-out", { ...unix, ...GET_VERSION, detail: "no answer in 60 s" }),
    [/did not answer GET \/version: no answer in 60 s/, /look again/],
  ],
  [
    "a corrupt layout",
    new LayoutError("corrupt", {
      file: "/srv/images/index.json",
      detail: "it is not JSON",
      hint: "Restore it.",
    }),
    [/\/srv\/images\/index\.json: it is not JSON/, /Restore it/],
  ],
  [
    "a full disk while journalling",
    new StoreError("full", "/state/state.db", "/state/state.db: the disk is full", "Make room."),
    [/\/state\/state\.db: the disk is full/, /Make room/],
  ],
];

test.each(failures)("%s", async (_, error, said) => {
  const others: Partial<CliContext> = {
    openTarget: () => Promise.reject(error),
    socketAddresses: () => Promise.resolve(["unix:///run/podman/podman.sock"]),
    contextNames: () => Promise.resolve(["default", "build"]),
  };
  const { code, stdout, stderr } = await cli(["plan"], others);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  for (const words of said) expect(stderr).toMatch(words);
  expect(stderr).not.toContain("    at ");
});

test("a journal that cannot be written: nothing is removed", async () => {
  const { target, context } = fakeHost();
  const full = new StoreError("full", "/state/state.db", "/state/state.db: the disk is full", "");
  const { code, stderr } = await cli(["prune", "-a", "-f"], {
    ...context,
    async openTarget(spec) {
      const session = await context.openTarget(spec);
      return { ...session, apply: () => Promise.reject(full) };
    },
  });
  expect({ code, asked: target.asked }).toEqual({ code: 1, asked: [] });
  expect(stderr).toContain("the disk is full");
});

/** Plan files, by what is done to a good one. */
const wrongPlans: readonly (readonly [string, (plan: object) => unknown, number, RegExp])[] = [
  ["no plan at all", () => ({ hello: 1 }), 2, /it has no schema field[^]*Make a new plan/],
  [
    "a newer version's",
    (plan) => ({ ...plan, schema: "plimsoll.plan/9" }),
    2,
    /version of Plimsoll that made it/,
  ],
  [
    "changed by hand",
    (plan) => ({ ...plan, now: "2020-01-01T00:00:00Z" }),
    2,
    /changed after it was made/,
  ],
  ["no JSON", () => undefined, 2, /is not JSON/],
];

test.each(wrongPlans)("a plan file that is %s", async (_, spoil, code, said) => {
  const { target, context } = fakeHost();
  const plan: object = JSON.parse((await cli(["plan", "-a", "--json"], context)).stdout);
  const files = {
    read: () => Promise.resolve(JSON.stringify(spoil(plan)) ?? "{"),
    write: () => Promise.resolve(),
  };
  const result = await cli(["apply", "plan.json", "--yes"], { ...context, files });
  expect(result).toMatchObject({ code, stdout: "", stderr: expect.stringMatching(said) });
  expect(target.images.has(UNTAGGED)).toBe(true);
});

test("a plan made for another target is refused before it is shown", async () => {
  const { target, context } = fakeHost();
  const { stdout } = await cli(["plan", "-a", "--json"], context);
  const files = { read: () => Promise.resolve(stdout), write: () => Promise.resolve() };
  const elsewhere = {
    ...context,
    files,
    async openTarget(spec: string | undefined) {
      const session = await context.openTarget(spec);
      return { ...session, target: { ...session.target, address: "unix:///other.sock" } };
    },
  };
  const result = await cli(["apply", "plan.json", "--yes"], elsewhere);
  expect(result).toMatchObject({ code: 1, stdout: "" });
  expect(result.stderr).toMatch(
    /made for engine unix:\/\/\/run\/fake\.sock, and this is engine unix:\/\/\/other\.sock/,
  );
  expect(target.asked).toEqual([]);
});

test("a file that is not there", async () => {
  const files = {
    read: () => Promise.reject(Object.assign(new Error("no"), { code: "ENOENT" })),
    write: () => Promise.resolve(),
  };
  const { code, stderr } = await cli(["apply", "gone.json"], { files });
  expect(code).toBe(2);
  expect(stderr).toBe("plimsoll: cannot read the plan gone.json: it does not exist\n");
});

test.each([
  ["what was under way", new DOMException("This operation was aborted", "AbortError"), 130],
  ["a request to the engine", new EngineError("aborted", { ...unix, detail: "" }), 130],
  ["another failure", new EngineError("server", { ...unix, detail: "no space left" }), 1],
])("Ctrl-C while reading: %s", async (_, error, expected) => {
  const interruption = new AbortController();
  const { code, stderr } = await cli(["plan"], {
    signal: interruption.signal,
    openTarget() {
      interruption.abort();
      return Promise.reject(error);
    },
  });
  expect(code).toBe(expected);
  expect(stderr).toMatch(expected === 130 ? /^plimsoll: interrupted\n$/ : /no space left/);
});

test("a defect shows where it is, and asks for a report", async () => {
  const { code, stderr } = await cli(["plan"], {
    openTarget: () => Promise.reject(new TypeError("x is undefined")),
  });
  expect(code).toBe(1);
  expect(stderr).toMatch(/unexpected error: TypeError: x is undefined\n\s+at /);
  expect(stderr).toMatch(/\n *This is a defect of Plimsoll: please report it .*\n$/);
});
