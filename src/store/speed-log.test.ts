import { expect, test } from "vitest";
import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import { createSpeedLog } from "./speed-log.ts";
import { createFactsCache } from "./sqlite-facts-cache.ts";

function open(folder = scratchFolder()) {
  const cache = createFactsCache(folder, (problem) => expect.unreachable(problem));
  return { cache, folder, log: createSpeedLog(cache, "engine:a") };
}

test("what was measured last counts as much as all before it, also for a later process", () => {
  const { cache, folder, log } = open();
  expect(log.read()).toEqual({});
  log.note({ archiveBytesPerSecond: 100 });
  log.note({ archiveBytesPerSecond: 300, backupBytesPerSecond: 7 });
  cache.close();
  const later = open(folder);
  expect(later.log.read()).toEqual({ archiveBytesPerSecond: 200, backupBytesPerSecond: 7 });
  expect(createSpeedLog(later.cache, "engine:b").read()).toEqual({});
  later.cache.close();
});

test.each([{ archiveBytesPerSecond: 0 }, { backupBytesPerSecond: "fast" }, [], 7])(
  "%j is no speed",
  (written) => {
    const { cache, log } = open();
    cache.write("recovery-speeds:1", new Map([["engine:a", JSON.stringify(written)]]));
    expect(log.read()).toEqual({});
    cache.close();
  },
);
