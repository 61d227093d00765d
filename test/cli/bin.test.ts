import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { openRecoveryBin } from "../../src/layout/recovery-bin.ts";
import { writeBytes } from "../../src/main/byte-files.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { archive, configImage, digestOf, manifestImage, noise } from "../fixtures/bin-images.ts";
import { cli, NOW_MS } from "./cli-harness.ts";

const DAY_MS = 86_400_000;
const clock = (): number => NOW_MS;
const base = noise("base", 20_000);
const app = configImage("app", [base, noise("app", 9000)]);
const web = manifestImage("web", [noise("web", 9000)]);
const old = manifestImage("old", [base]);

function daysAgo(days: number): { readonly removedAt: string } {
  return { removedAt: new Date(NOW_MS - days * DAY_MS).toISOString() };
}

/** A bin with three images, the last of which is past its time. */
async function filledBin() {
  const bin = await openRecoveryBin(join(scratchFolder(), "bin"), clock);
  const team = "registry.example.com/team/web";
  await archive(bin, app, {
    references: ["docker.io/library/app:1", "docker.io/library/app:latest"],
    keepMs: 2 * DAY_MS,
    createdAt: "2026-01-01T00:00:00Z",
    ...daysAgo(1),
  });
  const repoDigests = [`${team}@sha256:${"a".repeat(64)}`];
  await archive(bin, web, { references: [`${team}:2`], repoDigests, ...daysAgo(3) });
  await archive(bin, old, { references: [], ...daysAgo(20) });
  const run = (args: readonly string[], overrides: Parameters<typeof cli>[1] = {}) =>
    cli(["bin", ...args], {
      openBin: () => openRecoveryBin(bin.location, clock),
      writeBytes,
      ...overrides,
    });
  return { bin, run };
}

describe("bin list", () => {
  test("shows for how long each image is kept", async () => {
    const { run, bin } = await filledBin();
    const { code, stdout } = await run(["list"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^app:1, app:latest +\w{12} +1d ago +default +\S+ +1d$/m);
    expect(stdout).toMatch(/^registry.example.com\/team\/web:2 .* 3d ago .* 11d$/m);
    expect(stdout).toMatch(/^<none> .* expired$/m);
    const { entries } = JSON.parse((await run(["list", "--json"])).stdout) as {
      entries: readonly { readonly keptUntil?: string }[];
    };
    expect(entries.map(({ keptUntil }) => keptUntil?.slice(0, 10))).toEqual([
      "2026-11-22",
      "2026-12-02",
      "2026-11-15",
    ]);
    await bin.remove((await bin.entries()).map(({ key }) => key));
    expect((await run(["list"])).stdout).toBe(`The recovery bin ${bin.location} is empty.\n`);
  });
});

describe("bin show", () => {
  test("tells everything, and what shares what", async () => {
    const { run } = await filledBin();
    const { stdout } = await run(["show", "app"]);
    expect(stdout).toMatch(/^Names +app:1$/m);
    expect(stdout).toMatch(/^Removed +2026-11-20 12:00:00 UTC from default$/m);
    expect(stdout).toMatch(/^Kept +until 2026-11-22 12:00:00 UTC$/m);
    expect(stdout).toMatch(/^Unpacked +29kB$/m);
    expect(stdout).toContain(`layer ${digestOf(base).slice(7, 19)}`);
    const byId = await run(["show", web.id.slice(7, 19), "--json"]);
    expect(JSON.parse(byId.stdout)).toMatchObject({ entry: { image: { id: web.id } } });
  });

  test.for([
    ["what is not there", ["show", "nothing"], /has no image "nothing"/, 1],
    ["no name at all", ["show"], /missing required argument/i, 2],
    ["an export without a file", ["export", "app"], /needs a file/, 2],
    [
      "an export in a format that there is none of",
      ["export", "app", "-o", "x", "--format", "zip"],
      /zip/,
      2,
    ],
    ["to empty nothing", ["empty"], /say what is to go/, 2],
    ["to empty with nobody to ask", ["empty", "--all"], /nobody to ask/, 2],
    ["a size that is none", ["empty", "--at-most", "much"], /not a size/, 2],
  ] as const)("refuses %s", async ([, args, message, status]) => {
    const { run, bin } = await filledBin();
    const { code, stderr } = await run(args);
    expect(stderr).toMatch(message);
    expect(code).toBe(status);
    expect(await bin.entries()).toHaveLength(3);
  });
});

describe("bin verify", () => {
  test("says that all is as it was, or which images cannot come back", async () => {
    const { run, bin } = await filledBin();
    expect((await run(["verify"])).stdout).toMatch(/^3 images, \S+ read: all as it was\.\n$/);
    const path = join(bin.location, "blobs", digestOf(noise("web", 9000)).replace(":", "/"));
    writeFileSync(path, noise("other", 9000));
    const { code, stdout } = await run(["verify"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^1 image cannot come back:$/m);
    expect(stdout).toMatch(/^registry.example.com\/team\/web:2 \(\w{12}\) cannot come back\.$/m);
    expect(stdout).toMatch(/docker pull registry.example.com\/team\/web@sha256:a+/);
    expect((await run(["verify", "--json"])).code).toBe(1);
  });
});

describe("bin export", () => {
  const formats = [
    ["app", "docker", ["manifest.json", `${app.id.slice(7)}.json`]],
    ["app", "oci", ["index.json", "oci-layout", `blobs/sha256/${app.id.slice(7)}`]],
    ["registry.example.com/team/web:2", "docker", ["index.json", "manifest.json"]],
    ["registry.example.com/team/web:2", "oci", ["index.json", "oci-layout"]],
  ] as const;
  test.for(formats)("%s as %s", async ([name, format, names]) => {
    const { run } = await filledBin();
    const file = join(scratchFolder(), "image.tar");
    const { code, stdout } = await run(["export", name, "-o", file, "--format", format]);
    expect(stdout).toMatch(/is in .*image\.tar, \S+\n$/);
    expect(code).toBe(0);
    const found = execFileSync("tar", ["-tf", file], { encoding: "utf8" }).split("\n");
    expect(found).toEqual(expect.arrayContaining([...names]));
    const folder = scratchFolder();
    execFileSync("tar", ["-xf", file, "-C", folder]);
    if (format === "oci") {
      const index = readFileSync(join(folder, "index.json"), "utf8");
      expect(index).toContain('"io.containerd.image.name":"');
      for (const path of found.filter((each) => each.startsWith("blobs/")))
        expect(digestOf(readFileSync(join(folder, path)))).toBe(`sha256:${path.slice(-64)}`);
    } else {
      expect(readFileSync(join(folder, "manifest.json"), "utf8")).toContain(`"RepoTags":["${name}`);
    }
  });

  test("of what is damaged leaves no file", async () => {
    const { run, bin } = await filledBin();
    const path = join(bin.location, "blobs", digestOf(noise("web", 9000)).replace(":", "/"));
    writeFileSync(path, noise("other", 9000));
    const file = join(scratchFolder(), "image.tar");
    const { code, stderr } = await run(["export", web.id.slice(7), "-o", file]);
    expect(stderr).toMatch(/its content has the digest/);
    expect(code).toBe(1);
    expect(existsSync(file)).toBe(false);
  });

  test("to a place where nothing can be written names the place", async () => {
    const { run } = await filledBin();
    const { code, stderr } = await run(["export", "app", "-o", "/nowhere/image.tar"]);
    expect(stderr).toMatch(/cannot write \/nowhere\/image\.tar: its folder does not exist/);
    expect(code).toBe(1);
  });
});

describe("bin empty", () => {
  test.for([
    ["what is past its time", ["--expired"], ["app", "web"]],
    ["all but what is pinned", ["--all"], ["web"]],
    ["the oldest, as far as asked for", ["--at-most", "25kB"], ["web"]],
    ["one by name", ["app"], ["web", "old"]],
  ] as const)("takes %s", async ([, args, left]) => {
    const { run, bin } = await filledBin();
    if (args[0] !== "--expired") {
      const pin = await run(["pin", "registry.example.com/team/web:2"]);
      expect(pin.stdout).toMatch(/is pinned: it stays/);
    }
    const { code, stdout } = await run(["empty", ...args, "--yes"]);
    expect(stdout).toMatch(/^\d images? went from the recovery bin; \S+ are free\.$/m);
    expect(code).toBe(0);
    const names = new Map([app, web, old].map(({ id }, at) => [id, ["app", "web", "old"][at]]));
    const rest = (await bin.entries()).map(({ image }) => names.get(image.id));
    expect(rest).toEqual(left);
    expect((await run(["verify"])).code).toBe(0);
  });

  test("leaves what is pinned, by name too, until it is unpinned", async () => {
    const { run, bin } = await filledBin();
    await run(["pin", "app", old.id.slice(7)]);
    const named = await run(["empty", "app", "--yes"]);
    expect(named.stderr).toMatch(/app:1 is pinned; nothing was removed/);
    expect(named.code).toBe(1);
    await run(["empty", "--expired", "--yes"]);
    expect(await bin.entries()).toHaveLength(3);
    await run(["unpin", old.id.slice(7)]);
    await run(["empty", "--expired", "--yes"]);
    expect(await bin.entries()).toHaveLength(2);
  });

  test.for([
    [true, 0],
    [false, 3],
  ] as const)("asks at a terminal first (%s)", async ([answer, left]) => {
    const { run, bin } = await filledBin();
    const asked: string[] = [];
    const confirm = (question: string): Promise<boolean> => {
      asked.push(question);
      return Promise.resolve(answer);
    };
    await run(["empty", "--all"], { canAsk: true, confirm });
    expect(asked).toEqual([expect.stringMatching(/^Take 3 images out .* frees \S+\?$/)]);
    expect(await bin.entries()).toHaveLength(left);
  });
});
