import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectEngine } from "../../src/docker/connection/engine-client.ts";
import { EngineVolumes } from "../../src/docker/volumes/engine-volumes.ts";
import { readEngine } from "../../src/docker/read-engine.ts";
import { VolumeHelper } from "../../src/docker/volumes/volume-helper.ts";
import type { Plan } from "../../src/plan/plan.ts";
import type { StoredVolume } from "../../src/ports/volume-content.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { callApi, callApiJson } from "../harness/engine-api.ts";
import { enginesToTest, runsAsRoot } from "../harness/engine-kinds.ts";
import { Actors } from "./actors.ts";
import { startEngineTarget, type EngineTarget } from "./engine-target.ts";
import { programEnvironment, runProgram } from "./program.ts";

const MEGABYTE = 1_000_000;
/** When in its course a removal, or an undo, is killed. */
const MOMENTS = [0.1, 0.3, 0.5, 0.7, 0.85, 0.95];

/** Files of every kind that a volume holds, and what a file system tells of them beside their content. */
const FILL = String.raw`
set -e
cd "$1"
chmod 1775 . && chown 999:998 .
head -c 5000 /dev/urandom > plain && chown 1234:4321 plain && chmod 4755 plain
mkdir -m 700 dir && echo inside > 'dir/in dir' && ln plain dir/hard
ln -s ../plain dir/sym && ln -s /etc/passwd absolute
mkfifo fifo && mknod null c 1 3 && : > empty
truncate -s 5000000 sparse && echo data | dd of=sparse bs=1 seek=1000000 conv=notrunc status=none
echo long > "$(printf 'long%.0s' $(seq 60))" && echo u > 'ümlaut' && echo bad > "$(printf 'bad\377')"
mkdir dev && echo of-that-name > dev/file
setcap cap_net_bind_service=+ep 'dir/in dir'
echo marked > marked
tar --format=posix --pax-option=SCHILY.xattr.user.plimsoll:=value -cf - marked | tar --xattrs --xattrs-include='*' -xf -
touch -d '2020-09-13T12:26:40.123456789Z' plain && touch -hd '2019-01-01T00:00:00Z' dir/sym
touch -d '2017-07-14T00:00:00Z' dir && touch -d '2014-05-13T00:00:00Z' .
`;

/** What of each file has to come back: type, mode, owner, size, links, time, target, content, file capabilities. */
const LIST = String.raw`
cd "$1"
find . -printf '%P %y %m %U:%G %n %Ts %l\n' | sort
find . -type f -printf '%P %s\n' | sort
find . -type f -exec sha256sum {} + | sort
getcap -r . | sort
`;

/** Extended attributes, and times to their fractions. */
const LIST_ALL = String.raw`
cd "$1"
find . -printf '%P %T@\n' | sort
tar --create --file=- --format=posix --sort=name --xattrs --xattrs-include='*' . | grep -ao 'SCHILY.xattr.user[^=]*=[a-z]*'
`;

function shell(script: string, folder: string): string {
  return execFileSync("sh", ["-c", script, "sh", folder], { encoding: "latin1" });
}

interface Volume {
  readonly Name: string;
  readonly Mountpoint: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly Driver: string;
  readonly CreatedAt: string;
}

describe.skipIf(!runsAsRoot()).each(enginesToTest())("%s", (kind) => {
  let target: EngineTarget;
  beforeAll(async () => {
    target = await startEngineTarget(kind);
  });
  afterAll(() => target.stop());

  const api = <T>(method: string, path: string, body?: unknown): Promise<T> =>
    callApiJson<T>(target.engine, method, path, body);

  function makeVolume(name: string): Promise<Volume> {
    return api("POST", "/volumes/create", { Name: name, Labels: { of: name } });
  }

  async function find(name: string): Promise<Volume | undefined> {
    const answer = await callApi(target.engine, "GET", `/volumes/${name}`);
    if (answer.status === 404) return undefined;
    return JSON.parse(answer.body.toString("utf8")) as Volume;
  }

  async function makeFilled(name: string): Promise<string> {
    const { Mountpoint } = await makeVolume(name);
    shell(FILL, Mountpoint);
    return shell(LIST, Mountpoint);
  }

  function host() {
    const memory = scratchFolder();
    const policy = join(memory, "policy.yaml");
    const planFile = join(memory, "plan.json");
    const run = (...args: readonly string[]) => runProgram([...args, "-t", target.address], memory);
    const writePolicy = (name: string): void => {
      const rule = `{ within: 0s, match: { name: "${name}" }, recovery: archive }`;
      writeFileSync(policy, `version: 1\nvolumes: { named: ${rule} }\n`);
    };
    return {
      memory,
      run,
      async plan(name: string, ...flags: readonly string[]): Promise<Plan> {
        writePolicy(name);
        const { code, stderr } = await run("plan", "-p", policy, "-o", planFile, ...flags);
        expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
        return JSON.parse(readFileSync(planFile, "utf8")) as Plan;
      },
      apply: (...flags: readonly string[]) => run("apply", planFile, "--yes", ...flags),
      /** Plans and applies, or undoes, in a process that can be killed at a moment of its work. */
      killable(name: string) {
        writePolicy(name);
        const actors = new Actors(programEnvironment(memory, target.address));
        const act = (words: readonly string[], killAfterMs?: number) =>
          actors.act([...words, "-t", target.address], killAfterMs);
        return {
          remove: (killAfterMs?: number) => act(["apply", "-p", policy, "--yes"], killAfterMs),
          undo: (killAfterMs?: number) => act(["undo"], killAfterMs),
        };
      },
    };
  }

  test("goes into the bin and comes back as it was", async () => {
    const before = await makeFilled("whole");
    const spec = await find("whole");
    const all = shell(LIST_ALL, spec?.Mountpoint ?? "");
    expect(all).toContain("SCHILY.xattr.user.plimsoll=value");
    const { plan, apply, run } = host();
    const made = await plan("whole");
    expect(made.actions).toMatchObject([
      { kind: "remove-volume", subject: "whole", recovery: { way: "archive" } },
    ]);
    expect(made.actions[0]?.recovery.bytes).toBeGreaterThan(5 * MEGABYTE);
    expect(made.totals.archiveBytes).toBe(made.actions[0]?.recovery.bytes);
    const applied = await apply();
    expect(applied).toMatchObject({ code: 0 });
    expect(applied.stdout).toMatch(/^In the bin 1 volume, /m);
    expect(await find("whole")).toBeUndefined();
    expect(await run("bin", "verify")).toMatchObject({ code: 0 });
    expect((await run("bin", "list")).stdout).toMatch(/^volume whole /m);

    const undone = await run("undo");
    expect(undone).toMatchObject({ code: 0 });
    const after = await find("whole");
    expect(shell(LIST, after?.Mountpoint ?? "")).toBe(before);
    expect(shell(LIST_ALL, after?.Mountpoint ?? "")).toBe(all);
    const { Labels, Driver } = spec ?? {};
    expect(after).toMatchObject({ Labels, Driver });
    expect(await leftBehind(target)).toEqual([]);

    const again = await run("undo", "--json");
    expect(JSON.parse(again.stdout)).toMatchObject({ state: "done", steps: [{ state: "there" }] });
    expect(shell(LIST, after?.Mountpoint ?? "")).toBe(before);
  });

  test("comes back by its name, and is written to a tar of its own", async () => {
    const before = await makeFilled("named");
    const { plan, apply, run, memory } = host();
    await plan("named");
    expect(await apply()).toMatchObject({ code: 0 });
    const file = join(memory, "named.tar");
    expect(await run("bin", "export", "named", "-o", file)).toMatchObject({ code: 0 });
    const listed = execFileSync("tar", ["--list", `--file=${file}`], { encoding: "latin1" });
    expect(listed.split("\n")).toContain("volume/plain");
    expect(await run("restore", "named")).toMatchObject({
      code: 0,
      stdout: "Restored volume named\n",
    });
    expect(shell(LIST, (await find("named"))?.Mountpoint ?? "")).toBe(before);
    const again = await run("restore", "named");
    expect(again.stdout).toBe("volume named is there already\n");
    expect(await leftBehind(target)).toEqual([]);
  });

  test("what the name means by now is left alone", async () => {
    await makeFilled("moved");
    const { plan, apply, run } = host();
    await plan("moved");
    expect(await apply()).toMatchObject({ code: 0 });
    const { Mountpoint } = await makeVolume("moved");
    writeFileSync(join(Mountpoint, "mine"), "of somebody else");
    const undone = await run("undo", "--json");
    expect(JSON.parse(undone.stdout)).toMatchObject({
      state: "partial",
      steps: [{ state: "taken" }],
    });
    expect(readdirSync(Mountpoint)).toEqual(["mine"]);
  });

  test("an empty volume of that name is filled", async () => {
    const before = await makeFilled("emptied");
    const { plan, apply, run } = host();
    await plan("emptied");
    expect(await apply()).toMatchObject({ code: 0 });
    const { Mountpoint } = await makeVolume("emptied");
    expect(await run("undo")).toMatchObject({ code: 0 });
    expect(shell(LIST, Mountpoint)).toBe(before);
  });

  test("what has been written since the plan keeps the volume", async () => {
    await makeFilled("busy");
    const { plan, apply } = host();
    await plan("busy");
    const { Mountpoint = "" } = (await find("busy")) ?? {};
    writeFileSync(join(Mountpoint, "more"), "since the plan");
    const { code, stdout } = await apply();
    expect(code).toBe(1);
    expect(stdout).toMatch(/stays, for it would have no way back: what can be read of the volume/);
    expect(existsSync(join(Mountpoint, "more"))).toBe(true);
    expect(await leftBehind(target)).toEqual([]);
  });

  test("killed while it comes back, it is never left half-filled", async () => {
    const before = await makeFilled("returning");
    const { run, killable } = host();
    const { remove, undo } = killable("returning");
    await remove();
    const { ms } = await undo();
    for (const moment of MOMENTS) {
      await remove();
      expect(await find("returning")).toBeUndefined();
      await undo(moment * ms);
      const { Mountpoint } = (await find("returning")) ?? {};
      if (Mountpoint !== undefined && readdirSync(Mountpoint).length > 0)
        expect(shell(LIST, Mountpoint)).toBe(before);
      else expect(await run("undo")).toMatchObject({ code: 0 });
    }
    expect(shell(LIST, (await find("returning"))?.Mountpoint ?? "")).toBe(before);
    expect(await leftBehind(target)).toEqual([]);
  });

  test("killed anywhere, a volume is on the engine, or in the bin, or both", async () => {
    const before = await makeFilled("killed");
    const { run, killable } = host();
    const { remove } = killable("killed");
    const { ms } = await remove();
    expect(await find("killed")).toBeUndefined();
    expect(await run("undo")).toMatchObject({ code: 0 });
    for (const moment of MOMENTS) {
      await remove(moment * ms);
      // Whatever comes next accounts for it.
      expect((await run("status")).code).toBe(0);
      expect(await leftBehind(target)).toEqual([]);
      if ((await find("killed")) === undefined)
        expect(await run("undo")).toMatchObject({ code: 0 });
      expect(shell(LIST, (await find("killed"))?.Mountpoint ?? "")).toBe(before);
    }
  });
});

/** Where the data root is not to be read: by the engine's own archives, which Podman's are not fit for. */
describe.each(enginesToTest().filter((kind) => kind !== "podman"))("%s from afar", (kind) => {
  let target: EngineTarget;
  beforeAll(async () => {
    target = await startEngineTarget(kind);
  });
  afterAll(() => target.stop());
  const { signal } = new AbortController();

  async function openVolumes() {
    const socketPath = target.address.replace(/^unix:\/\//, "");
    const client = await connectEngine({ kind: "unix", socketPath }, { signal });
    const helper = new VolumeHelper(client, "test");
    const traits = () => readEngine(client, signal);
    return new EngineVolumes({ client, traits, helper, isRoot: false });
  }

  async function readAll(volumes: EngineVolumes, name: string): Promise<StoredVolume> {
    const { sizeBytes = 0 } = (await volumes.preview([name], signal)).get(name) ?? {};
    const chunks: Uint8Array[] = [];
    for await (const chunk of volumes.read(name, sizeBytes, signal)) chunks.push(chunk);
    const spec = await volumes.describe(name);
    if (spec === undefined) return expect.unreachable();
    return { spec, digest: "", sizeBytes, open: () => inPieces(chunks) };
  }

  test("comes back with everything but what no archive of an engine has", async () => {
    const made = await callApiJson<Volume>(target.engine, "POST", "/volumes/create", {
      Name: "afar",
    });
    shell(FILL, made.Mountpoint);
    const before = shell(LIST, made.Mountpoint);
    const volumes = await openVolumes();
    const stored = await readAll(volumes, "afar");
    expect((await callApi(target.engine, "DELETE", "/volumes/afar")).status).toBe(204);
    expect(await volumes.restore(stored, signal)).toEqual({ kind: "made", details: [] });
    await volumes.close();
    expect(shell(LIST, made.Mountpoint)).toBe(before);
    expect(await leftBehind(target)).toEqual([]);
  });

  test("a filling that breaks off leaves no half of a volume", async () => {
    const made = await callApiJson<Volume>(target.engine, "POST", "/volumes/create", {
      Name: "half",
    });
    shell(FILL, made.Mountpoint);
    const volumes = await openVolumes();
    const stored = await readAll(volumes, "half");
    await callApi(target.engine, "DELETE", "/volumes/half");
    const broken: StoredVolume = {
      ...stored,
      async *open() {
        yield* take(stored.open(), 2 * MEGABYTE);
        throw new Error("damaged on its way");
      },
    };
    await expect(volumes.restore(broken, signal)).rejects.toThrow("damaged");
    expect((await callApi(target.engine, "GET", "/volumes/half")).status).toBe(404);
    await volumes.close();
    expect(await leftBehind(target)).toEqual([]);
  });

  test("a volume that a process was filling when it died is removed by the next", async () => {
    const volumes = await openVolumes();
    await callApiJson(target.engine, "POST", "/volumes/create", { Name: "unfilled" });
    for await (const _chunk of volumes.read("unfilled", 0, signal));
    const [image] = (await leftBehind(target)) as readonly { Id: string }[];
    await callApiJson(target.engine, "POST", "/containers/create", {
      Image: image?.Id,
      Cmd: ["-"],
      Labels: { "dev.plimsoll.volume-helper": "test", "dev.plimsoll.fills-volume": "unfilled" },
    });
    await (await openVolumes()).removeLeftovers();
    expect((await callApi(target.engine, "GET", "/volumes/unfilled")).status).toBe(404);
    expect(await leftBehind(target)).toEqual([]);
  });

  test("what a process left that died in the middle is removed by the next", async () => {
    await callApiJson(target.engine, "POST", "/volumes/create", { Name: "dying" });
    const volumes = await openVolumes();
    const reading = volumes.read("dying", 0, signal)[Symbol.asyncIterator]();
    await reading.next();
    expect(await leftBehind(target)).not.toEqual([]);
    const next = await openVolumes();
    await next.removeLeftovers();
    expect(await leftBehind(target)).toEqual([]);
    expect((await callApi(target.engine, "GET", "/volumes/dying")).status).toBe(200);
  });
});

async function* inPieces(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function* take(chunks: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  let taken = 0;
  for await (const chunk of chunks) {
    if (taken > bytes) return;
    taken += chunk.byteLength;
    yield chunk;
  }
}

/** Containers and images that are ours. */
async function leftBehind({ engine }: EngineTarget): Promise<readonly unknown[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: ["dev.plimsoll.volume-helper"] }));
  const left: unknown[] = [];
  for (const kind of ["containers", "images"])
    left.push(
      ...(await callApiJson<unknown[]>(engine, "GET", `/${kind}/json?all=1&filters=${filters}`)),
    );
  return left;
}
