// What a way back costs, against the pipelines that people write for it: `docker save | zstd -3` for each image, and
// `zstd -d | docker load`. Ours is the whole command: it plans, archives, checks, syncs and also removes; a restore also
// checks every digest, names the image and looks whether it is there. Payload of which about half can be compressed.

import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { generateIdentity, identityToRecipient } from "age-encryption";
import { allocatedBytes } from "../test/harness/du.ts";
import type { RunningEngine } from "../test/harness/engines.ts";
import type { ImageLayer } from "../test/harness/image-layer.ts";
import { loadImages, type ImageSpec } from "../test/harness/image-tar.ts";
import { runCommand } from "../test/harness/run-command.ts";
import { SeededRandom } from "../test/harness/seeded-random.ts";
import { reportFigure } from "./figure.ts";
import { measuredProgram, type MeasuredRun } from "./measured-program.ts";
import { describeEngine, onEngine } from "./on-engine.ts";
import { PlimsollProgram } from "./plimsoll-program.ts";
import { halfCompressibleLayer } from "./recovery-payload.ts";
import { timed } from "./series.ts";

/** All sizes are divided by this where a machine is short of time or space; it is told with the figures. */
const SCALE = Number(process.env["PLIMSOLL_BENCH_SCALE"] ?? 1);
/** The bin is encrypted then; that is told with the figures as well. */
const IS_ENCRYPTED = process.env["PLIMSOLL_BENCH_ENCRYPTED"] === "1";
const LARGE_BYTES = 1e9 / SCALE;
const BASE_BYTES = 500e6 / SCALE;
const OWN_BYTES = 5e6 / SCALE;
const FAMILY = 20;
/** Of the family, so many go through the pipeline; its time for all is reckoned from them. */
const PIPED = 4;
const ROUNDS = 3;
const MEMORY_BYTES = 200e6;
const PIPELINE_TIMEOUT_MS = 600_000;
const LARGE = "recovery.bench/large:1";

let peakBytes = 0;

await onEngine("recovery: docker-latest", "docker-latest", async (engine) => {
  const host = makeHost(engine);
  try {
    if (IS_ENCRYPTED) await encryptBin(host);
    await compareOne(host);
    await compareFamily(host);
    reportMemory(host.what);
  } finally {
    host.plimsoll.discard();
  }
});

interface Host {
  readonly engine: RunningEngine;
  readonly what: string;
  readonly plimsoll: PlimsollProgram;
  readonly bin: string;
  /** Where the identity of an encrypted bin is. */
  readonly identityFile: string;
  /** Our command; resolves with its milliseconds. */
  ours(...args: readonly string[]): Promise<number>;
  /** A pipeline of the shell in a folder of its own; resolves with its milliseconds. */
  pipe(script: string): Promise<number>;
  readonly folder: string;
}

function makeHost(engine: RunningEngine): Host {
  const plimsoll = new PlimsollProgram(engine.cliEnv);
  const bin = join(plimsoll.folder, "bin");
  const folder = join(plimsoll.folder, "piped");
  mkdirSync(folder);
  const program = join(import.meta.dirname, "../bin/plimsoll.cjs");
  const identityFile = join(plimsoll.folder, "identity");
  const env = { ...plimsoll.env, PLIMSOLL_BIN: bin, PLIMSOLL_BIN_IDENTITY: identityFile };
  const scale = SCALE === 1 ? "" : `, sizes divided by ${SCALE}`;
  const encrypted = IS_ENCRYPTED ? ", encrypted bin" : "";
  return {
    engine,
    what: `recovery: ${describeEngine(engine)}${scale}${encrypted}`,
    plimsoll,
    bin,
    identityFile,
    folder,
    async ours(...args) {
      const run: MeasuredRun = await measuredProgram(process.execPath, [program, ...args], env);
      peakBytes = Math.max(peakBytes, run.peakBytes);
      return run.ms;
    },
    pipe: (script) =>
      timed(() =>
        runCommand("bash", ["-euo", "pipefail", "-c", script], {
          cwd: folder,
          env: engine.cliEnv,
          timeoutMs: PIPELINE_TIMEOUT_MS,
        }),
      ),
  };
}

async function encryptBin(host: Host): Promise<void> {
  const identity = await generateIdentity();
  writeFileSync(host.identityFile, identity);
  await host.ours("bin", "encrypt", "--recipient", await identityToRecipient(identity));
}

/** One large image there and back, by both sides in turn. */
async function compareOne(host: Host): Promise<void> {
  const layer = halfCompressibleLayer(new SeededRandom("large"), LARGE_BYTES);
  await loadImages(host.engine, [{ references: [LARGE], layers: [layer] }]);
  const runs = { save: [], archive: [], restore: [], load: [] } as Record<string, number[]>;
  for (let round = 0; round < ROUNDS; round += 1) {
    runs["save"]?.push(await host.pipe(`docker save ${LARGE} | zstd -3 -q -f -o large.tar.zst`));
    runs["archive"]?.push(await host.ours("rm", LARGE, "--yes", "--recovery", "archive"));
    runs["restore"]?.push(await host.ours("restore", LARGE));
    await host.pipe(`docker image rm ${LARGE}`);
    runs["load"]?.push(await host.pipe("zstd -d -q -c large.tar.zst | docker load"));
    await host.ours("bin", "empty", "--all", "--yes");
  }
  await host.pipe(`docker image rm ${LARGE}`);
  const what = `${host.what}, one image of ${megabytes(LARGE_BYTES)}`;
  reportSpeed(`${what}, archive`, runs["archive"], runs["save"], "docker save | zstd -3", 0.9);
  reportSpeed(`${what}, restore`, runs["restore"], runs["load"], "zstd -d | docker load", 0.9);
}

/** Images that share most of what they are. */
async function compareFamily(host: Host): Promise<void> {
  const random = new SeededRandom("family");
  const base = halfCompressibleLayer(random, BASE_BYTES);
  const own = Array.from({ length: FAMILY }, () => halfCompressibleLayer(random, OWN_BYTES));
  const images = own.map((layer, n): ImageSpec => ({
    references: [`recovery.bench/app:${n}`],
    layers: [base, layer],
  }));
  await loadImages(host.engine, images);
  const names = images.slice(0, PIPED).map(({ references }) => references[0] ?? "");
  const pipedMs = await host.pipe(
    names.map((name, n) => `docker save ${name} | zstd -3 -q -f -o ${n}.tar.zst`).join("; "),
  );
  const oursMs = await host.ours(
    "prune",
    "--all",
    "--force",
    "--beyond-limits",
    "--recovery=archive",
  );
  const what = `${host.what}, ${FAMILY} images that share ${megabytes(BASE_BYTES)}`;
  const peer = `docker save | zstd -3 (${PIPED} of them, times ${FAMILY / PIPED})`;
  reportSpeed(`${what}, archive`, [oursMs], [(pipedMs * FAMILY) / PIPED], peer, 3);

  const binBytes = allocatedBytes(host.bin);
  const layersBytes = await compressedBytes(host, [base, ...own]);
  const ratio = binBytes / layersBytes;
  reportFigure({
    what: `${what}, size of the bin`,
    sides: [
      `the bin, on disk: ${megabytes(binBytes)}`,
      `its unique layers by zstd -3: ${megabytes(layersBytes)}`,
    ],
    result: `${ratio.toFixed(3)} of the unique compressed layers`,
    aim: { text: "at most 1.05", reached: ratio <= 1.05 },
  });
}

async function compressedBytes(host: Host, layers: readonly ImageLayer[]): Promise<number> {
  const file = join(host.folder, "layer.zst");
  let sum = 0;
  for (const { blob } of layers) {
    const options = { input: blob, timeoutMs: PIPELINE_TIMEOUT_MS };
    await runCommand("zstd", ["-3", "-q", "-f", "-o", file], options);
    sum += statSync(file).size;
    rmSync(file);
  }
  return sum;
}

/** How many times as fast as the peer; the quickest runs of both. */
function reportSpeed(
  what: string,
  ours: readonly number[] = [],
  peer: readonly number[] = [],
  peerName: string,
  atLeast: number,
): void {
  const speed = Math.min(...peer) / Math.min(...ours);
  const list = (runs: readonly number[]): string => runs.map((ms) => ms.toFixed(0)).join(", ");
  reportFigure({
    what,
    sides: [`plimsoll: ${list(ours)} ms`, `${peerName}: ${list(peer)} ms`],
    result: `${speed.toFixed(2)} times as fast as ${peerName}`,
    // The aims are for a bin as it is by default.
    ...(IS_ENCRYPTED ? {} : { aim: { text: `at least ${atLeast}`, reached: speed >= atLeast } }),
  });
}

function reportMemory(what: string): void {
  reportFigure({
    what: `${what}, memory`,
    sides: [],
    result: `${megabytes(peakBytes)} at most in all of these runs`,
    aim: { text: `at most ${megabytes(MEMORY_BYTES)}`, reached: peakBytes <= MEMORY_BYTES },
  });
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
