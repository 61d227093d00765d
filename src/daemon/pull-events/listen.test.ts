import { describe, expect, onTestFinished, test } from "vitest";

import type { Heard } from "../../ports/pull-log.ts";
import { listenForPulls } from "./listen.ts";

const SECRET = "0123456789abcdef0123";
const MESSAGE = JSON.stringify({
  events: [
    {
      action: "pull",
      timestamp: "2026-11-21T11:00:00Z",
      target: { mediaType: "", digest: `sha256:${"a".repeat(64)}`, repository: "app" },
      request: { method: "GET", host: "host:5000", useragent: "docker" },
    },
  ],
});

async function listening(note: (heard: Heard) => void = () => undefined) {
  const noted: Heard[] = [];
  const problems: string[] = [];
  const listener = await listenForPulls({
    host: "127.0.0.1",
    port: 0,
    secret: SECRET,
    log: {
      note: (heard) => {
        if (heard.registries.length > 0) note(heard);
        noted.push(heard);
      },
    },
    clock: () => Date.parse("2026-11-21T12:00:00Z"),
    onProblem: (problem) => problems.push(problem),
  });
  onTestFinished(() => listener.close());
  const send = async (request: RequestInit = {}, path = "/"): Promise<number> => {
    const response = await fetch(`http://${listener.address}${path}`, {
      method: "POST",
      body: MESSAGE,
      ...request,
    });
    await response.text();
    return response.status;
  };
  return { send, noted, problems, address: listener.address };
}

const BEARER = { authorization: `Bearer ${SECRET}` };

describe("who has the secret is heard", () => {
  test.each([
    ["as a bearer token", BEARER, "/"],
    ["as a password", { authorization: `Basic ${btoa(`any:${SECRET}`)}` }, "/"],
    ["as the whole header", { authorization: SECRET }, "/"],
    ["in the URL", {}, `/events?token=${SECRET}`],
  ])("%s", async (_, headers, path) => {
    const { send, noted, address } = await listening();
    expect(await send({ headers }, path)).toBe(200);
    expect(noted.at(-1)).toMatchObject({
      listener: address,
      registries: ["host:5000"],
      pulls: [{ repository: "app" }],
    });
  });
});

describe("who has not is refused, and nothing is taken down", () => {
  test.each([
    ["none", {}],
    ["an empty one", { authorization: "Bearer " }],
    ["a wrong one", { authorization: `Bearer ${SECRET}x` }],
    ["a beginning of it", { authorization: `Bearer ${SECRET.slice(0, -1)}` }],
  ])("%s", async (_, headers: Record<string, string>) => {
    const { send, noted, problems } = await listening();
    expect(await send({ headers })).toBe(401);
    expect(noted.flatMap(({ pulls }) => pulls)).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems.join()).not.toContain(SECRET);
  });
});

describe("what cannot be understood is refused", () => {
  test.each([
    ["malformed", { body: '{"events":[{}]}' }, 400],
    ["too long", { body: "x".repeat(4 * 1024 * 1024 + 1) }, 413],
    ["no POST", { method: "PUT" }, 405],
  ])("%s", async (_, request, status) => {
    const { send, noted } = await listening();
    expect(await send({ headers: BEARER, ...request })).toBe(status);
    expect(noted.flatMap(({ pulls }) => pulls)).toEqual([]);
  });
});

test("what cannot be written down is refused, to be told again, without the reason", async () => {
  const { send, problems } = await listening(() => {
    throw new Error("disk full");
  });
  expect(await send({ headers: BEARER })).toBe(503);
  expect(problems).toEqual([expect.stringContaining("disk full")]);
});

test("it is written down at once that somebody listens", async () => {
  const { noted, address } = await listening();
  expect(noted).toEqual([
    { at: "2026-11-21T12:00:00.000Z", listener: address, registries: [], pulls: [] },
  ]);
});
