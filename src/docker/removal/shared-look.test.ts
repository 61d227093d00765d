import { expect, test } from "vitest";
import { SharedLook } from "./shared-look.ts";

test("who asks during a look gets the next one, together", async () => {
  let looks = 0;
  const shared = new SharedLook(() => Promise.resolve(++looks));
  const first = shared.take();
  const second = shared.take();
  const third = shared.take();
  expect(await Promise.all([first, second, third])).toEqual([1, 2, 2]);
  expect(await shared.take()).toBe(3);
});

test("a look that fails fails for those who waited for it only", async () => {
  let looks = 0;
  const shared = new SharedLook(async () => {
    looks += 1;
    if (looks === 1) throw new Error("broken");
    return looks;
  });
  const [first, second] = await Promise.allSettled([shared.take(), shared.take()]);
  expect(first).toMatchObject({ status: "rejected" });
  expect(second).toEqual({ status: "fulfilled", value: 2 });
});

test("nobody is given a look that began before the question, however many follow each other", async () => {
  const ends: (() => void)[] = [];
  const shared = new SharedLook(async () => {
    const number = ends.length + 1;
    await new Promise<void>((resolve) => ends.push(resolve));
    return number;
  });
  const first = shared.take();
  const second = shared.take();
  ends[0]?.();
  await first;
  await expect.poll(() => ends.length, { timeout: 60_000 }).toBe(2);
  const during = shared.take();
  ends[1]?.();
  expect(await second).toBe(2);
  await expect.poll(() => ends.length, { timeout: 60_000 }).toBe(3);
  ends[2]?.();
  expect(await during).toBe(3);
});
