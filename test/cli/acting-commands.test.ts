import { expect, test } from "vitest";

import { cli } from "./cli-harness.ts";
import { fakeHost, OLD, UNTAGGED, WEB } from "./fake-host.ts";

test("plan shows what may go, why, and what it frees; it changes nothing", async () => {
  const { target, context } = fakeHost();
  const { code, stdout, stderr } = await cli(["plan", "-a"], context);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^delete image +<none> c{12} +4MB /m);
  expect(stdout).toContain("Frees 4MB: 1 image.");
  expect(stdout).toContain("Keeps 2: 2 in use.");
  expect(stdout).toContain("plimsoll apply -a");
  expect(target.images.size).toBe(3);
});

test("plan --json is the plan itself, and plan -o what apply takes", async () => {
  const { target, context } = fakeHost();
  const saved = new Map<string, string>();
  const files = {
    read: (path: string) => Promise.resolve(saved.get(path) ?? ""),
    write: (path: string, text: string | Iterable<string>) => {
      saved.set(path, Array.from(text).join(""));
      return Promise.resolve();
    },
  };
  const made = await cli(["plan", "-a", "--json", "-o", "plan.json"], { ...context, files });
  expect(JSON.parse(made.stdout)).toEqual(JSON.parse(saved.get("plan.json") ?? ""));
  const applied = await cli(["apply", "plan.json", "--yes"], { ...context, files });
  expect(applied).toMatchObject({ code: 0, stderr: expect.not.stringContaining("plimsoll:") });
  expect(applied.stdout).toContain("Removed 1 image.\nPredicted  4MB\nFreed      4MB");
  expect([...target.images.keys()]).toEqual([WEB, OLD]);

  const again = await cli(["apply", "plan.json", "--yes"], { ...context, files });
  expect(again).toMatchObject({ code: 1, stdout: "" });
  expect(again.stderr).toMatch(/the plan has been applied already \(run .+\)\n {2}Make a new plan/);
});

test("--target is handed on, before the command's name and behind it", async () => {
  const { asked, context } = fakeHost();
  await cli(["-t", "oci:dir", "plan"], context);
  expect(asked.spec).toBe("oci:dir");
  const { stdout } = await cli(["prune", "-a", "--target=remote", "--dry-run"], context);
  expect(asked.spec).toBe("remote");
  expect(stdout).toContain("Frees 4MB");
});

test("apply asks where somebody can answer", async () => {
  const { target, context } = fakeHost();
  const questions: string[] = [];
  const ask = (answer: boolean) => ({
    ...context,
    canAsk: true,
    confirm: (question: string) => {
      questions.push(question);
      return Promise.resolve(answer);
    },
  });
  const refused = await cli(["apply", "-a"], ask(false));
  expect(refused).toMatchObject({ code: 0, stderr: "Nothing was removed.\n" });
  expect(target.images.size).toBe(3);
  expect(await cli(["apply", "-a"], ask(true))).toMatchObject({ code: 0 });
  expect(target.images.size).toBe(2);
  expect(questions).toHaveLength(2);
});

test.each([
  [["apply", "-a"], "--yes"],
  [["apply", "-a", "--json"], "--yes"],
  [["prune", "-a"], "--force"],
  [["rm", UNTAGGED], "--yes"],
])("%j removes nothing where nobody can be asked, and names %s", async (args, flag) => {
  const { target, context } = fakeHost();
  const { code, stderr } = await cli(args, context);
  expect(code).toBe(2);
  expect(stderr).toContain("there is nobody to ask");
  expect(stderr).toContain(flag);
  expect(target.asked).toEqual([]);
});

test("a failed removal is told while it happens and at the end, with exit status 1 when nothing went", async () => {
  const { target, context } = fakeHost();
  target.faults.set(UNTAGGED, "failed");
  const { code, stdout, stderr } = await cli(["prune", "-a", "-f"], context);
  expect(code).toBe(1);
  expect(stderr).toContain("delete image <none> cccccccccccc: failed:");
  expect(stdout).toContain("Removed nothing.\nFailed 1:\n  delete image <none> cccccccccccc:");
});

test("a run done in part has exit status 3, and history tells it by action", async () => {
  const { target, context } = fakeHost();
  target.containers.clear();
  target.faults.set(OLD, "conflict");
  const { code, stdout } = await cli(["apply", "-a", "--yes", "--beyond-limits"], context);
  expect(code).toBe(3);
  expect(stdout).toContain("Removed 2 images.");
  expect(stdout).toMatch(/^Predicted {2}\S+ of \S+ for the whole plan$/m);
  expect(stdout).toMatch(/^Freed +\S+/m);

  const runs = await cli(["history"], context);
  const [runId = ""] = /^\d{8}-\S+/m.exec(runs.stdout) ?? [];
  expect(runs.stdout).toMatch(/ partial +2 +1 /);
  const run = await cli(["history", runId], context);
  expect(run.stdout).toMatch(/^skipped +delete image +old:1 b{12} /m);
  expect(JSON.parse((await cli(["history", runId, "--json"], context)).stdout)).toMatchObject({
    summary: { id: runId, state: "partial" },
  });
});

test("a brake stops a run that nobody watches, and --beyond-limits lifts it", async () => {
  const { target, context } = fakeHost();
  const whole = await target.observe();
  const problems = ["the volumes could not be read"];
  target.observe = () =>
    Promise.resolve({ ...whole, complete: false, problems, unread: ["volumes"] });
  const stopped = await cli(["prune", "-a", "-f"], context);
  expect(stopped).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("warning: the volumes could not be read"),
  });
  expect(stopped.stdout).toContain("Brake: not everything could be read");
  expect(stopped.stderr).toContain("--beyond-limits");
  expect(target.asked).toEqual([]);
  expect(await cli(["prune", "-a", "-f", "--beyond-limits"], context)).toMatchObject({ code: 0 });
  expect(target.asked).toEqual([UNTAGGED]);
});

test("Ctrl-C finishes the removal in flight: status 3, or 130 when it came before the first", async () => {
  const { target, context } = fakeHost({ concurrency: 1 });
  target.containers.clear();
  const interruption = new AbortController();
  target.onRemoved = () => interruption.abort();
  const args = ["prune", "-a", "-f", "--beyond-limits"];
  const first = await cli(args, { ...context, signal: interruption.signal });
  expect(first.code).toBe(3);
  expect(first.stdout).toContain("Removed 1 image.");
  expect(target.images.size).toBe(2);
  const second = await cli(args, { ...context, signal: interruption.signal });
  expect(second.code).toBe(130);
  expect(target.images.size).toBe(2);
});

test("a plan that leaves nothing says so", async () => {
  const { target, context } = fakeHost();
  const { stdout } = await cli(["plan", "-a"], context);
  expect(stdout).not.toContain("Keeps nothing.");
  target.containers.clear();
  for (const args of [
    ["plan", "-a"],
    ["plan", "-a", "--all-kept"],
  ])
    expect((await cli(args, context)).stdout).toContain("\nKeeps nothing.\n");
});

test("rm names what is in the way and the order that works, and never asks the engine in vain", async () => {
  const { target, context } = fakeHost();
  const { code, stdout, stderr } = await cli(["rm", "web:1", "web:stable", "old:1", "-y"], context);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toBe(
    [
      "web:1 stays; it is needed by",
      "  container front (running)",
      "  In the order that works:",
      "    docker stop front",
      "    plimsoll rm --with-containers aaaaaaaaaaaa",
      "old:1 stays; it is needed by",
      "  container batch (exited)",
      "  In the order that works:",
      "    plimsoll rm --with-containers old:1",
      "",
    ].join("\n"),
  );
  expect(target.asked).toEqual([]);
});

test("rm --with-containers takes the stopped containers first", async () => {
  const { target, context } = fakeHost();
  const { code, stdout } = await cli(["rm", "--with-containers", "old:1", "-y"], context);
  expect(code).toBe(0);
  expect(stdout).toContain("Removed 1 container, 1 image.");
  expect(target.asked).toEqual(["c2", OLD]);
});

test("rm --json tells what is in the way", async () => {
  const { context } = fakeHost();
  const { code, stdout } = await cli(["rm", "old:1", "nosuch:1", "-y", "--json"], context);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    blocked: [{ imageId: OLD, uses: [{ kind: "container", name: "batch" }] }],
    unmatched: ["nosuch:1"],
  });
});

test("rm of one of several names only takes it off", async () => {
  const { target, context } = fakeHost();
  expect(await cli(["rm", "web:stable", "-y"], context)).toMatchObject({ code: 0 });
  expect(target.images.get(WEB)?.references).toEqual(["docker.io/library/web:1"]);
});

test("rm says what it did not find, and what that may have been meant to be", async () => {
  const { context } = fakeHost();
  const { code, stderr } = await cli(["rm", "wbe:1", "-y"], context);
  expect(code).toBe(1);
  expect(stderr).toBe('no image matches "wbe:1"; did you mean web:1 or web:stable?\n');
});

test("the account of a run that was cut off is finished by the next command, and told", async () => {
  const { target, context, openJournal } = fakeHost();
  const { stdout } = await cli(["plan", "-a", "--json"], context);
  const journal = openJournal();
  const runId = journal.begin(
    JSON.parse(stdout),
    `engine:${target.target.address}`,
    "2026-11-21T11:00:00Z",
  );
  journal.record(runId, { settled: [], intended: [0] });
  target.images.delete(UNTAGGED);

  const next = await cli(["plan"], context);
  expect(next.stderr).toContain(`run ${runId} of 2026-11-21 11:00:00 UTC had been cut off`);
  expect(next.stderr).toContain("1 removed");
  expect((await cli(["plan"], context)).stderr).toBe("");
});
