import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createLeaseOffice } from "../../src/store/process-lease.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";

const STORE = new URL("../../src/store/process-lease.ts", import.meta.url).href;
const SINCE = "2026-11-21T12:00:00.000Z";

/** A process that takes the lease, forgets about it, says whether it got it, and has it until it dies. */
async function holdElsewhere(stateDir: string, targetKey: string) {
  const script = `
    import { createLeaseOffice } from ${JSON.stringify(STORE)};
    const takeLease = () =>
      createLeaseOffice(${JSON.stringify(stateDir)}, () => Date.parse("${SINCE}"))
        .acquire(${JSON.stringify(targetKey)});
    const answer = JSON.stringify(takeLease());
    setTimeout(() => {
      globalThis.gc();
      process.stdout.write(answer);
    });
    setInterval(() => {}, 1e6);`;
  const child = spawn(
    process.execPath,
    ["--expose-gc", "--input-type=module-typescript", "--eval", script],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  onTestFinished(async () => {
    await endProcess(child, "SIGKILL");
  });
  const [answer] = await once(child.stdout, "data");
  return { child, lease: JSON.parse(String(answer)) as object };
}

async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, "close");
}

test.each(["SIGKILL", "SIGTERM"] as const)(
  "one process holds it until it dies of %s",
  async (signal) => {
    const folder = scratchFolder();
    const office = createLeaseOffice(folder, Date.now);
    const { child, lease } = await holdElsewhere(folder, "engine:1");
    expect(lease).toMatchObject({ granted: true });
    expect(office.acquire("engine:1")).toEqual({
      granted: false,
      holder: { pid: child.pid, since: SINCE },
    });
    await endProcess(child, signal);
    const mine = office.acquire("engine:1");
    expect(mine.granted).toBe(true);
    if (mine.granted) mine.release();
  },
);

test("other targets are free", async () => {
  const folder = scratchFolder();
  await holdElsewhere(folder, "engine:1");
  const lease = createLeaseOffice(folder, Date.now).acquire("engine:2");
  expect(lease.granted).toBe(true);
  if (lease.granted) lease.release();
});

test("what this process holds, no other gets, and neither does it itself a second time", async () => {
  const folder = scratchFolder();
  const office = createLeaseOffice(folder, () => Date.parse(SINCE));
  const mine = office.acquire("engine:1");
  const refused = { granted: false, holder: { pid: process.pid, since: SINCE } };
  expect(office.acquire("engine:1")).toEqual(refused);
  expect((await holdElsewhere(folder, "engine:1")).lease).toEqual(refused);
  if (mine.granted) mine.release();
  expect((await holdElsewhere(folder, "engine:1")).lease).toMatchObject({ granted: true });
});

test("only this user may see it", () => {
  const folder = join(scratchFolder(), "state");
  const lease = createLeaseOffice(folder, Date.now).acquire("engine:1");
  expect(statSync(join(folder, "locks")).mode & 0o777).toBe(0o700);
  if (lease.granted) lease.release();
});
