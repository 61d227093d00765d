import { expect, test } from "vitest";
import { TokenCache } from "./token-cache.ts";

function cacheAt(start = 0) {
  let nowMs = start;
  const cache = new TokenCache(() => nowMs);
  return { cache, wait: (ms: number) => (nowMs += ms) };
}

test("a token is used until shortly before its end", () => {
  const { cache, wait } = cacheAt();
  expect(cache.keep("a", { token: "t", expires_in: 300 })).toBe("t");
  wait(294_999);
  expect(cache.find("a")).toBe("t");
  wait(1);
  expect(cache.find("a")).toBeUndefined();
});

test("60 s where the answer does not say", () => {
  const { cache, wait } = cacheAt();
  cache.keep("a", { access_token: "t" });
  wait(54_999);
  expect(cache.find("a")).toBe("t");
  wait(1);
  expect(cache.find("a")).toBeUndefined();
});

test.each([
  ["token first", { token: "t", access_token: "u" }, "t"],
  ["an empty one is none", { token: "", access_token: "u" }, "u"],
  ["none", {}, undefined],
  ["no text", { token: 5 }, undefined],
])("%s", (_name, answer, expected) => {
  expect(cacheAt().cache.keep("a", answer)).toBe(expected);
});

test("scopes are kept apart, and forgotten one by one", () => {
  const { cache } = cacheAt();
  cache.keep("a", { token: "t" });
  cache.keep("b", { token: "u" });
  cache.forget("a");
  expect([cache.find("a"), cache.find("b")]).toEqual([undefined, "u"]);
});
