import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];

let folder: string;

/** Runs the installed command, with no environment but what finds Node. */
function plimsoll(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(join(folder, "node_modules/.bin/plimsoll"), args, {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: folder },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

describe("the package, installed elsewhere", () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "plimsoll-installed-"));
    // `npm test` has just built; running `prepack` would build again under the feet of other tests.
    execFileSync("npm", ["pack", "--ignore-scripts", "--pack-destination", folder, ...quiet]);
    const tarball = join(folder, `plimsoll-${version}.tgz`);
    execFileSync("npm", ["install", "--prefix", folder, "--offline", tarball, ...quiet]);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("says its version", () => {
    expect(plimsoll("--version")).toEqual({
      status: 0,
      stdout: `plimsoll ${version}\n`,
      stderr: "",
    });
  });

  test("loads the bundle and lists its commands", () => {
    const { status, stdout, stderr } = plimsoll("--help");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain("Usage: plimsoll");
  });

  test("introduces itself to the docker CLI", () => {
    const { status, stdout } = plimsoll("docker-cli-plugin-metadata");
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ SchemaVersion: "0.1.0", Version: version });
  });

  test("brings no other packages, and the licences of those inside", () => {
    const lockfile = join(folder, "node_modules/.package-lock.json");
    const { packages } = JSON.parse(readFileSync(lockfile, "utf8")) as { packages: object };
    expect(Object.keys(packages)).toEqual(["node_modules/plimsoll"]);
    const notices = join(folder, "node_modules/plimsoll/dist/THIRD-PARTY-NOTICES.txt");
    expect(readFileSync(notices, "utf8")).toContain("commander");
  });
});
