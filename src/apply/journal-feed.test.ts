import { setTimeout as delay } from "node:timers/promises";

import { expect, test } from "vitest";
import type { ActionOutcome, RunJournal } from "../ports/run-journal.ts";
import { JournalFeed } from "./journal-feed.ts";

type Entry = Parameters<RunJournal["record"]>[1];

/** A journal of which these writes fail, counted from 1. */
function feedInto(...failing: readonly number[]): {
  readonly feed: JournalFeed;
  readonly entries: Entry[];
} {
  const entries: Entry[] = [];
  let writes = 0;
  const record = (_runId: string, entry: Entry): void => {
    writes += 1;
    if (failing.includes(writes)) throw new Error("the disk is full");
    entries.push(entry);
  };
  return { feed: new JournalFeed({ record }, "run-1"), entries };
}

const outcome = (index: number): ActionOutcome => ({ index, state: "applied", detail: "", at: "" });

test("the intents of one moment are one commit, with the outcomes until then", async () => {
  const { feed, entries } = feedInto();
  feed.settle(outcome(0));
  await Promise.all([feed.intend(1), feed.intend(2)]);
  expect(entries).toEqual([{ settled: [outcome(0)], intended: [1, 2] }]);
});

test("each is written once, whatever comes after it", async () => {
  const { feed, entries } = feedInto();
  await feed.intend(0);
  feed.settle(outcome(0));
  await feed.intend(1);
  feed.settle(outcome(1));
  feed.flush();
  feed.flush();
  await delay(60);
  expect(entries).toEqual([
    { settled: [], intended: [0] },
    { settled: [outcome(0)], intended: [1] },
    { settled: [outcome(1)], intended: [] },
  ]);
});

test("an outcome that no intent follows is written soon", async () => {
  const { feed, entries } = feedInto();
  feed.settle(outcome(0));
  expect(entries).toEqual([]);
  await expect
    .poll(() => entries, { timeout: 60_000 })
    .toEqual([{ settled: [outcome(0)], intended: [] }]);
});

test("many outcomes are written at once, and the rest with the next", () => {
  const { feed, entries } = feedInto();
  for (let index = 0; index < 1_001; index += 1) feed.settle(outcome(index));
  expect(entries.map(({ settled }) => settled.length)).toEqual([1_000]);
  feed.flush();
  expect(entries.map(({ settled }) => settled.length)).toEqual([1_000, 1]);
});

test("after one write that failed no intent is given any more, even if the disk has room again", async () => {
  const { feed, entries } = feedInto(2);
  await feed.intend(0);
  await expect(feed.intend(1)).rejects.toThrow("the disk is full");
  await expect(feed.intend(2)).rejects.toThrow("the disk is full");
  expect(() => feed.throwIfBroken()).toThrow("the disk is full");
  expect(() => feed.flush()).toThrow("the disk is full");
  expect(entries).toEqual([{ settled: [], intended: [0] }]);
});

test("all intents of a commit that failed are refused", async () => {
  const { feed } = feedInto(1);
  const asked = await Promise.allSettled([feed.intend(0), feed.intend(1)]);
  expect(asked.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
});
