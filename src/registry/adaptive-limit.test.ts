import { expect, test } from "vitest";
import { AdaptiveLimit } from "./adaptive-limit.ts";

const never = () => false;
const always = () => true;

test("no more run at once than the width", async () => {
  const limit = new AdaptiveLimit();
  let running = 0;
  let most = 0;
  const task = async () => {
    running += 1;
    most = Math.max(most, running);
    await Promise.resolve();
    running -= 1;
  };
  await Promise.all(Array.from({ length: 100 }, () => limit.run(task, never)));
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(limit.width);
});

test("it grows with what goes well, up to a bound", async () => {
  const limit = new AdaptiveLimit();
  const before = limit.width;
  for (let index = 0; index < 2000; index += 1) await limit.run(async () => {}, never);
  expect(limit.width).toBeGreaterThan(before);
  expect(limit.width).toBeLessThanOrEqual(32);
});

test("it halves when the host is overrun, and never ends", async () => {
  const limit = new AdaptiveLimit();
  const before = limit.width;
  const fail = () => Promise.reject(new Error("429"));
  await expect(limit.run(fail, always)).rejects.toThrow("429");
  expect(limit.width).toBe(before / 2);
  for (let index = 0; index < 20; index += 1)
    await expect(limit.run(fail, always)).rejects.toThrow("429");
  expect(limit.width).toBe(1);
  expect(await limit.run(async () => "still works", never)).toBe("still works");
});

test("a failure of another kind changes nothing", async () => {
  const limit = new AdaptiveLimit();
  const before = limit.width;
  await expect(limit.run(() => Promise.reject(new Error("404")), never)).rejects.toThrow("404");
  expect(limit.width).toBe(before);
});
