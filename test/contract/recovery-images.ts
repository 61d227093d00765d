import { layerOf, randomLayer, type ImageLayer } from "../harness/image-layer.ts";
import type { ImageSpec } from "../harness/image-tar.ts";
import type { SeededRandom } from "../harness/seeded-random.ts";
import { tarArchive } from "../harness/tar-writer.ts";
import { callApi, callApiJson } from "../harness/engine-api.ts";
import type { RunningEngine } from "../harness/engines.ts";
import { digestOf } from "../harness/image-layer.ts";
import { unpackTar } from "modern-tar";

const CREATED = "2026-02-01T00:00:00Z";
const EPOCH = "1970-01-01T00:00:00Z";
const LARGE_BYTES = 40e6;
const SMALL = { files: 3, fileBytes: 5_000 };

/** Some 40 images of every shape that engines take by load; with `platforms`, some are for several machines. */
export function mixedImages(random: SeededRandom, platforms: boolean): readonly ImageSpec[] {
  const own = (): ImageLayer => randomLayer(random, SMALL);
  const base = [own(), own()];
  const empty = layerOf(tarArchive([]));
  const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);
  const image = (
    name: string,
    layers: readonly ImageLayer[] = [own()],
    fields: Partial<ImageSpec> = {},
  ): ImageSpec => ({ references: [`mixed.test/${name}`], layers, created: CREATED, ...fields });
  const several = (): Partial<ImageSpec> =>
    platforms
      ? { otherPlatforms: { "linux/s390x": [own()], "linux/riscv64": [...base, own()] } }
      : {};
  const { created: _, ...undated } = image("undated:1", [own(), own()]);
  return [
    ...numbers(8).map((n) => image(`shared:${n}`, [...base, own()])),
    ...numbers(4).map((n) =>
      image(
        `chain:${n}`,
        numbers(n + 2).map(() => own()),
      ),
    ),
    ...numbers(3).map((n) =>
      image(`tags-${n}:1`, [...base, own()], {
        references: numbers(12).map((tag) => `mixed.test/tags-${n}-${tag % 3}:${tag}`),
      }),
    ),
    ...numbers(4).map((n) => image(`platforms:${n}`, [...base, own()], several())),
    ...numbers(3).map((n) => image(`epoch:${n}`, [own()], { created: EPOCH })),
    undated,
    { ...undated, references: ["mixed.test/undated:2"], layers: [...base, own()] },
    image("labels:1", [own()], { labels: { "org.example.ünïcode": 'ünï ☃\n"quoted"', empty: "" } }),
    image("labels:2", [own()], { labels: { long: "x".repeat(20_000) } }),
    ...CONFIGS.map((config, n) => image(`config:${n}`, [...base, own()], { config })),
    image("large:1", [...base, randomLayer(random, { files: 2, fileBytes: LARGE_BYTES / 2 })]),
    image("empty:1", [empty]),
    image("empty:2", [own(), empty]),
    image("files:1", [specialFiles(random)]),
    image("files:2", [specialFiles(random), whiteouts()]),
    image("", [own()], { references: [] }),
    image("", [...base, own()], { references: [], created: EPOCH }),
  ];
}

/** Layers twice: Docker 25 to 29 would keep these for good if they were saved. */
export function repeatingImages(random: SeededRandom): readonly ImageSpec[] {
  const [twice, other] = [randomLayer(random, SMALL), randomLayer(random, SMALL)];
  return [
    { references: ["mixed.test/repeated:1"], layers: [twice, other, twice], created: CREATED },
    { references: ["mixed.test/repeated:2"], layers: [other, other], created: CREATED },
  ];
}

const SECOND_NS = 1_000_000_000;
const CONFIGS: readonly Readonly<Record<string, unknown>>[] = [
  { Healthcheck: { Test: ["CMD", "true"], Interval: 7 * SECOND_NS, Retries: 4 } },
  { Healthcheck: { Test: ["NONE"] }, StopSignal: "SIGUSR1" },
  { Entrypoint: ["/bin/sh", "-c"], Cmd: ["exec app"], Shell: ["/bin/ash", "-e"], User: "7:8" },
  { Env: ["A=b", "EMPTY=", "SPACES= a b "], WorkingDir: "/srv", ExposedPorts: { "80/tcp": {} } },
  { Volumes: { "/data": {} }, OnBuild: ["RUN true"] },
];

function specialFiles(random: SeededRandom): ImageLayer {
  const content = random.bytes(700);
  return layerOf(
    tarArchive([
      { kind: "directory", name: "a", mode: 0o1777 },
      { kind: "file", name: "a/setuid", content, mode: 0o4755 },
      { kind: "file", name: "a/none", content: Buffer.alloc(0), mode: 0 },
      { kind: "file", name: "a/block", content: random.bytes(512) },
      { kind: "file", name: "a/ünï ☃", content: random.bytes(513) },
      { kind: "file", name: "a/zeros", content: Buffer.alloc(70_000) },
      { kind: "symlink", name: "a/absolute", target: "/a/setuid" },
      { kind: "symlink", name: "a/nowhere", target: "../../../gone" },
      { kind: "directory", name: "a/hidden" },
      { kind: "file", name: "a/hidden/below", content },
    ]),
  );
}

function whiteouts(): ImageLayer {
  return layerOf(
    tarArchive([
      { kind: "directory", name: "a" },
      { kind: "directory", name: "a/hidden" },
      { kind: "file", name: "a/.wh.setuid", content: Buffer.alloc(0) },
      { kind: "file", name: "a/hidden/.wh..wh..opq", content: Buffer.alloc(0) },
      { kind: "file", name: "a/hidden/instead", content: Buffer.from("instead") },
    ]),
  );
}

/** What engines put into the root of every container, and where images of `CONFIGS` make them put something. */
const OF_THE_ENGINE = /^\.?\/?(?:\.dockerenv|data|dev|etc|proc|run|srv|sys)(?:\/|$)/;

/** The files of a container of the image, a line each with everything that a tar tells of it and the digest of its bytes. */
export async function fileTree(engine: RunningEngine, image: string): Promise<readonly string[]> {
  const { Id } = await callApiJson<{ Id: string }>(engine, "POST", "/containers/create", {
    Image: image,
    Cmd: ["true"],
    // Podman gives the files of an archive to the user of the container.
    User: "0:0",
    HostConfig: { NetworkMode: "none" },
  });
  try {
    // Not by export: Docker 26.1.5 keeps the layers of a container that was exported.
    const { status, body } = await callApi(engine, "GET", `/containers/${Id}/archive?path=/`);
    if (status !== 200) throw new Error(`reading out ${image}: ${status} ${body.toString("utf8")}`);
    const entries = await unpackTar(body);
    return entries
      .filter(({ header }) => !OF_THE_ENGINE.test(header.name) && !/^\.?\/?$/.test(header.name))
      .map(({ header, data = new Uint8Array() }) => {
        const { name, uid, gid, type, mtime, linkname } = header;
        // Docker 20.10 puts the kind of file into it as well.
        const mode = (header.mode ?? 0) & 0o7777;
        const digest = digestOf(Buffer.from(data));
        return JSON.stringify({ name, mode, uid, gid, type, mtime, linkname, digest });
      })
      .toSorted();
  } finally {
    await callApiJson(engine, "DELETE", `/containers/${Id}?v=1`);
  }
}
