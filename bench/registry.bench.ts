// A registry of 10,000 tags on 1,000 digests in 50 repositories, on loopback: requests of a first and of a second scan, their
// time against a loop of `skopeo inspect` with as many processes as we have requests under way, the requests that deleting all
// of it takes, and memory, also with ten times the tags. Requests are counted by a relay in runs of their own; what is timed
// goes straight to the registry. It is filled once, and what is deleted goes last: some eight minutes in all.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageSet } from "../test/harness/debian-packages.ts";
import { startRegistry } from "../test/harness/registry.ts";
import { startCountingRelay, type CountingRelay } from "./counting-relay.ts";
import { attempt, reportFigure } from "./figure.ts";
import { fillRegistry, type Filling } from "./filled-registry.ts";
import { peakMemoryOf } from "./peak-memory.ts";
import { PlimsollProgram } from "./plimsoll-program.ts";
import { timed } from "./series.ts";
import { addTags, dropTags, namesIn } from "./tags-on-disk.ts";
import { timedProgram } from "./timed-program.ts";

const FILLING: Filling = { repositories: 50, digestsEach: 20, tagsEach: 10 };
const SAMPLE = 160;
/** The most requests that go out at once (AdaptiveLimit). */
const WIDTH = 32;
const ROUNDS = 2;
/** How many times the tags memory is measured with as well; they name the same digests. */
const MORE = 10;
const AIMS = { perTag: 1.25, speed: 3, peakBytes: 250e6, perDeletion: 1.1, growth: 1 } as const;

const tagCount = FILLING.repositories * FILLING.digestsEach * FILLING.tagsEach;
const digestCount = FILLING.repositories * FILLING.digestsEach;
const program = join(import.meta.dirname, "../bin/plimsoll.cjs");
const registry = await startRegistry();
const relay = await startCountingRelay(registry.url);
const plimsoll = new PlimsollProgram();
try {
  const emptyBytes = await peakOfScan();
  await fillRegistry(registry, FILLING);
  await attempt("registry: scan", () => measureScans(relay));
  await attempt("registry: time", () => measureTime(namesIn(registry.storageRoot)));
  await attempt("registry: memory", () => measureMemory(emptyBytes));
  await attempt("registry: deletion", () => measureDeletion(relay));
} finally {
  relay.close();
  await registry.stop();
  plimsoll.discard();
}

function scan(address: string): readonly string[] {
  return [
    "inventory",
    "-t",
    `registry://${address}`,
    "-o",
    join(plimsoll.folder, "inventory.json"),
  ];
}

function sum(counts: ReadonlyMap<string, number>, of: (what: string) => boolean = () => true) {
  return [...counts].reduce((total, [what, count]) => total + (of(what) ? count : 0), 0);
}

function list(name: string, counts: ReadonlyMap<string, number>): string {
  const each = [...counts]
    .map(([what, count]) => `${what} ${count}`)
    .toSorted((a, b) => (a < b ? -1 : 1));
  return `${name}: ${each.join(", ")}`;
}

async function measureScans({ address, take }: CountingRelay): Promise<void> {
  await plimsoll.time(...scan(address));
  const cold = take();
  await plimsoll.time(...scan(address));
  const warm = take();
  const perTag = sum(cold) / tagCount;
  reportFigure({
    what: `registry: requests of a first scan of ${tagCount} tags`,
    sides: [list("requests", cold)],
    result: `${perTag.toFixed(3)} per tag`,
    aim: { text: `at most ${AIMS.perTag}`, reached: perTag <= AIMS.perTag },
  });
  const looks = sum(warm, (what) => what === "HEAD manifests");
  const lists = sum(warm, (what) => what === "GET tags" || what === "GET _catalog");
  const isExact = looks === tagCount && looks + lists === sum(warm);
  reportFigure({
    what: `registry: requests of a second scan`,
    sides: [list("requests", warm)],
    result: `${(looks / tagCount).toFixed(3)} per tag, ${lists} for lists, ${sum(warm) - looks - lists} more`,
    aim: { text: "exactly one per tag, beside lists", reached: isExact },
  });
}

async function measureTime(names: readonly string[]): Promise<void> {
  const { root } = await packageSet("skopeo");
  const libraries = `${root}/usr/lib/x86_64-linux-gnu:${root}/usr/lib/aarch64-linux-gnu`;
  const env = { ...process.env, LD_LIBRARY_PATH: libraries, HOME: plimsoll.folder };
  const inspect = (name: string): Promise<number> =>
    timedProgram(
      `${root}/usr/bin/skopeo`,
      ["inspect", "--tls-verify=false", `docker://${registry.address}/${name}`],
      env,
    );
  const sample = names.filter((_, index) => index % Math.floor(names.length / SAMPLE) === 0);
  const cold: number[] = [];
  const warm: number[] = [];
  const peer: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    plimsoll.forget();
    cold.push(await plimsoll.time(...scan(registry.address)));
    warm.push(await plimsoll.time(...scan(registry.address)));
    const waiting = sample.values();
    const lane = async (): Promise<void> => {
      for (const name of waiting) await inspect(name);
    };
    const sampleMs = await timed(() => Promise.all(Array.from({ length: WIDTH }, lane)));
    peer.push((sampleMs * names.length) / sample.length);
  }
  const [ours, again, theirs] = [cold, warm, peer].map((runs) => Math.min(...runs)) as [
    number,
    number,
    number,
  ];
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  const times = theirs / ours;
  reportFigure({
    what: `registry: a first scan against skopeo inspect, ${WIDTH} at once`,
    sides: [
      `plimsoll inventory: ${seconds(ours)} first, ${seconds(again)} again (best of ${ROUNDS})`,
      `skopeo inspect of every tag: ${seconds(theirs)}, scaled from ${sample.length}`,
    ],
    result: `${times.toFixed(1)} times as fast`,
    aim: { text: `at least ${AIMS.speed} times`, reached: times >= AIMS.speed },
  });
}

/** `emptyBytes`: with nothing to scan. */
async function measureMemory(emptyBytes: number): Promise<void> {
  const peakBytes = await peakOfScan();
  addTags(registry.storageRoot, "x", MORE);
  const moreBytes = await peakOfScan();
  dropTags(registry.storageRoot, "x");
  const held = (bytes: number, tags: number): number => Math.round((bytes - emptyBytes) / tags);
  const [few, many] = [held(peakBytes, tagCount), held(moreBytes, tagCount * MORE)];
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
  reportFigure({
    what: "registry: memory of a first scan",
    sides: [
      `nothing to scan: ${megabytes(emptyBytes)}`,
      `${tagCount} tags on ${digestCount} digests: ${megabytes(peakBytes)}`,
    ],
    result: megabytes(peakBytes),
    aim: { text: `under ${megabytes(AIMS.peakBytes)}`, reached: peakBytes < AIMS.peakBytes },
  });
  reportFigure({
    what: `registry: memory with ${MORE} times the tags`,
    sides: [
      `${tagCount} tags: ${few} bytes for each`,
      `${tagCount * MORE} tags on the same digests: ${megabytes(moreBytes)}, ${many} bytes for each`,
    ],
    result: `${(many / few).toFixed(2)} of the bytes per tag`,
    aim: { text: `at most ${AIMS.growth}`, reached: many <= few * AIMS.growth },
  });
}

/** The most that the whole process had, knowing nothing of the registry. */
function peakOfScan(): Promise<number> {
  plimsoll.forget();
  return peakMemoryOf(process.execPath, [program, ...scan(registry.address)], plimsoll.env);
}

async function measureDeletion({ address, take }: CountingRelay): Promise<void> {
  const policy = join(plimsoll.folder, "policy.json");
  const rule = { name: "all", match: { tag: "build-*" }, keep: { none: true } };
  writeFileSync(
    policy,
    JSON.stringify({ version: 1, images: [rule], inUseOn: [], recovery: { mode: "off" } }),
  );
  const plan = join(plimsoll.folder, "plan.json");
  await plimsoll.time("plan", "-t", `registry://${address}`, "-p", policy, "-o", plan);
  take();
  await plimsoll.time("apply", plan, "-t", `registry://${address}`, "--yes", "--beyond-limits");
  const counts = take();
  const deletions = sum(counts, (what) => what === "DELETE manifests");
  const perDigest = deletions / digestCount;
  const looks = (sum(counts) - deletions) / digestCount;
  reportFigure({
    what: `registry: requests of deleting ${digestCount} digests`,
    sides: [list("requests", counts)],
    result: `${perDigest.toFixed(3)} deletions and ${looks.toFixed(1)} looks per digest (of ${FILLING.tagsEach} tags)`,
    aim: {
      text: `at most ${AIMS.perDeletion} deletions`,
      reached: perDigest <= AIMS.perDeletion && deletions >= digestCount,
    },
  });
}
