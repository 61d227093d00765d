import { expect, test } from "vitest";
import { withoutEnvironment } from "./without-environment.ts";

test.each([
  ["bad variable TOKEN=of-the-owner", ["TOKEN=of-the-owner"], "bad variable TOKEN=…"],
  ["no such image", ["TOKEN=of-the-owner"], "no such image"],
  ['asked was {"Env":["A=b\\"cdef"]}', ['A=b"cdef'], 'asked was {"Env":["A=…"]}'],
  ["longest first: secret-and-more", ["A=secret", "B=secret-and-more"], "longest first: …"],
  ["on port 80", ["PORT=80"], "on port 80"],
  ["nothing", undefined, "nothing"],
])("%s", (text, variables, shown) => {
  expect(withoutEnvironment(text, { Image: "app", Env: variables })).toBe(shown);
});
