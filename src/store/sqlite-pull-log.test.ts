import { appendFileSync, renameSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";

import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import type { Heard, Pull } from "../ports/pull-log.ts";
import { createPullSpool } from "./pull-spool.ts";
import { createPullLog } from "./sqlite-pull-log.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

function openLog(folder = scratchFolder()) {
  const spool = join(folder, "pulls.jsonl");
  const log = createPullLog(folder, spool);
  onTestFinished(() => log.close());
  return { log, spool };
}

/** `day hh:mm` of November 2026. */
function at(words: string): string {
  const [day = "", time = "00:00"] = words.split(" ");
  return `2026-11-${day}T${time}:00.000Z`;
}

function heard(
  words: string,
  registries: readonly string[] = [],
  pulls: readonly Pull[] = [],
  listener = "one",
): Heard {
  return { at: at(words), listener, registries, pulls };
}

function pullAt(words: string): Pull {
  return { registry: "host", repository: "app", digest: DIGEST, at: at(words) };
}

test("the latest pull of each, in whatever order they are told", () => {
  const { log } = openLog();
  log.note(heard("21 10:00", [], [pullAt("21 09:00"), pullAt("21 08:00")]));
  log.note(heard("21 10:10", [], [pullAt("21 07:00")]));
  expect(log.read("host", at("21 10:20"))).toEqual({
    since: at("21 10:00"),
    lastPulledAt: new Map([[`app@${DIGEST}`, at("21 09:00")]]),
  });
  expect(log.read("other", at("21 10:20"))).toBeUndefined();
});

describe("since when all pulls are known", () => {
  const rows: readonly [
    what: string,
    heards: readonly Heard[],
    now: string,
    since: string | undefined,
  ][] = [
    [
      "from the first word of the registry on",
      [heard("20 00:00"), heard("20 00:30", ["host"])],
      "20 00:40",
      "20 00:30",
    ],
    [
      "a short absence is bridged",
      [heard("20 00:00", ["host"]), heard("20 01:00")],
      "20 01:00",
      "20 00:00",
    ],
    [
      "after a long one it begins anew",
      [heard("20 00:00", ["host"]), heard("20 01:01"), heard("20 01:02", ["host"])],
      "20 01:02",
      "20 01:02",
    ],
    [
      "after a long one without a new word: not at all",
      [heard("20 00:00", ["host"]), heard("20 01:01")],
      "20 01:02",
      undefined,
    ],
    ["nobody listens any more", [heard("20 00:00", ["host"])], "20 01:01", undefined],
    [
      "another listener says nothing about it",
      [heard("20 00:00", ["host"]), heard("20 00:50", [], [], "two")],
      "20 01:20",
      undefined,
    ],
  ];
  test.each(rows)("%s", (_, heards, now, since) => {
    const { log } = openLog();
    for (const each of heards) log.note(each);
    expect(log.read("host", at(now))?.since).toBe(since === undefined ? undefined : at(since));
  });

  test("a registry that tells nothing for a week may have stopped telling", () => {
    const { log } = openLog();
    log.note(heard("01", ["host"]));
    for (let hour = 1; hour <= 7 * 24 + 1; hour += 1) {
      const time = new Date(Date.parse(at("01")) + hour * 3_600_000).toISOString();
      log.note({ at: time, listener: "one", registries: [], pulls: [] });
    }
    expect(log.read("host", at("08 00:00"))?.since).toBe(at("01"));
    expect(log.read("host", at("08 01:00"))).toBeUndefined();
  });
});

describe("a spool file", () => {
  test("is taken in as it grows, once, whole lines only", () => {
    const { log, spool } = openLog();
    createPullSpool(spool).note(heard("21 10:00", [], [pullAt("21 10:00")]));
    expect(log.read("host", at("21 10:01"))?.lastPulledAt.size).toBe(1);
    const line = `${JSON.stringify(heard("21 10:30", [], [pullAt("21 10:30")]))}\n`;
    appendFileSync(spool, line.slice(0, 40));
    expect([...(log.read("host", at("21 10:31"))?.lastPulledAt.values() ?? [])]).toEqual([
      at("21 10:00"),
    ]);
    appendFileSync(spool, line.slice(40));
    expect([...(log.read("host", at("21 10:31"))?.lastPulledAt.values() ?? [])]).toEqual([
      at("21 10:30"),
    ]);
  });

  test("a new file in its place is read from its beginning", () => {
    const { log, spool } = openLog();
    createPullSpool(spool).note(heard("21 10:00", ["host"]));
    log.read("host", at("21 10:00"));
    renameSync(spool, `${spool}.1`);
    createPullSpool(spool).note(heard("21 10:30", [], [pullAt("21 10:30")]));
    expect(log.read("host", at("21 10:31"))?.lastPulledAt.size).toBe(1);
  });

  test("one that was emptied is read from its beginning", () => {
    const { log, spool } = openLog();
    createPullSpool(spool).note(heard("21 10:00", ["host", "other", "third"]));
    log.read("host", at("21 10:00"));
    truncateSync(spool);
    createPullSpool(spool).note(heard("21 10:30", ["new"]));
    expect(log.read("new", at("21 10:31"))?.since).toBe(at("21 10:30"));
  });

  test.each(["not JSON", '{"at":"2026-11-21T10:00:00Z"}', "{}"])(
    "behind a line that says nothing (%s) watching begins anew",
    (line) => {
      const { log, spool } = openLog();
      const spooled = createPullSpool(spool);
      spooled.note(heard("21 10:00", ["host"]));
      appendFileSync(spool, `${line}\n`);
      expect(log.read("host", at("21 10:01"))).toBeUndefined();
      spooled.note(heard("21 10:10", ["host"]));
      expect(log.read("host", at("21 10:11"))?.since).toBe(at("21 10:10"));
    },
  );

  test("none is no problem", () => {
    const { log } = openLog();
    expect(log.read("host", at("21 10:00"))).toBeUndefined();
  });
});
