import { describe, expect, test } from "vitest";
import { parseEngineAddress } from "./engine-address.ts";

describe("addresses", () => {
  test.each([
    ["unix:///var/run/docker.sock", { kind: "unix", socketPath: "/var/run/docker.sock" }],
    ["tcp://host", { kind: "tcp", host: "host", port: 2375 }],
    ["tcp://host:2376", { kind: "tcp", host: "host", port: 2376 }],
    ["tcp://host:80/", { kind: "tcp", host: "host", port: 80 }],
    ["TCP://Host:1", { kind: "tcp", host: "host", port: 1 }],
    ["tcp://127.0.0.1:4243", { kind: "tcp", host: "127.0.0.1", port: 4243 }],
    ["tcp://[::1]:4243", { kind: "tcp", host: "::1", port: 4243 }],
    ["ssh://host", { kind: "ssh", host: "host" }],
    ["ssh://me@host:2222", { kind: "ssh", host: "host", user: "me", port: 2222 }],
    [
      "ssh://me@host/run/my.sock",
      { kind: "ssh", host: "host", user: "me", socketPath: "/run/my.sock" },
    ],
  ])("%s", (text, expected) => {
    expect(parseEngineAddress(text)).toEqual(expected);
  });

  test("TLS has another default port", () => {
    expect(parseEngineAddress("tcp://host", true)).toMatchObject({ port: 2376 });
  });
});

describe("no addresses", () => {
  test.each([
    ["/var/run/docker.sock", "scheme"],
    ["unix://docker.sock", "absolute"],
    ["unix://", "absolute"],
    ["npipe:////./pipe/docker_engine", "named pipes"],
    ["fd://", '"fd"'],
    ["tcp://", "not an address"],
    ["tcp://host:notaport", "not an address"],
    ["tcp://host:99999", "not an address"],
    ["tcp://host:2375/prefix", "no path"],
    ["tcp://me@host:2375", "no user name"],
    ["ssh://-oProxyCommand=x", "option"],
    ["ssh://-oProxyCommand=x@host", "option"],
    ["ssh://host?x=1", "not an address"],
  ])("%s", (text, cause) => {
    expect(parseEngineAddress(text)).toMatchObject({
      kind: "target-problem",
      subject: expect.stringContaining(text.slice(0, 4)),
      cause: expect.stringContaining(cause),
      nextStep: expect.stringMatching(/\w/),
    });
  });

  test.each([
    "ssh://me:hunter2@host",
    "tcp://me:hunter2@host:1",
    "http://me:hunter2@host",
    "ssh://me:hunter2@ho st",
  ])("%s does not show its password", (text) => {
    const problem = parseEngineAddress(text);
    expect(problem).toMatchObject({ kind: "target-problem" });
    expect(JSON.stringify(problem)).not.toContain("hunter2");
  });
});
