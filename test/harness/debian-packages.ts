import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DebianArchive, type Suite } from "./debian-archive.ts";
import { withFileLock } from "./file-lock.ts";
import { runCommand } from "./run-command.ts";

export type PackageSetName =
  | "docker-20.10"
  | "docker-26.1"
  | "docker-latest"
  | "podman"
  | "docker-registry"
  | "skopeo"
  | "busybox-static";

export interface PackageSet {
  name: PackageSetName;
  /** Where the packages are unpacked: holds `usr/bin`, `usr/sbin`, ... */
  root: string;
  /** Version of each package, by package name. */
  versions: Record<string, string>;
}

interface PackageSetRecipe {
  packages: readonly string[];
  /**
   * `runnable`: of the suites, the newest version of each package that this machine's C library can run.
   * `userland`: the newest version with everything it depends on, C library included, to be run in a mount
   * namespace that has it as `/usr`.
   */
  choose: { kind: "runnable"; suites: readonly Suite[] } | { kind: "userland" };
}

const NEWEST_RUNNABLE = { kind: "runnable", suites: ["sid", "trixie", "bookworm"] } as const;

const DOCKER_PACKAGES = ["docker.io", "docker-cli", "docker-buildx", "containerd", "runc"];

const RECIPES: Record<PackageSetName, PackageSetRecipe> = {
  "docker-20.10": {
    packages: ["docker.io", "containerd", "runc", "libdevmapper1.02.1"],
    choose: { kind: "runnable", suites: ["bookworm"] },
  },
  // On bookworm with bookworm's runc: only trixie's needs a newer C library.
  "docker-26.1": {
    packages: DOCKER_PACKAGES,
    choose: { kind: "runnable", suites: ["trixie", "bookworm"] },
  },
  "docker-latest": { packages: DOCKER_PACKAGES, choose: NEWEST_RUNNABLE },
  podman: { packages: ["podman", "crun"], choose: { kind: "userland" } },
  "docker-registry": { packages: ["docker-registry"], choose: NEWEST_RUNNABLE },
  // The library that checks signatures is on few machines; it lies beside the program.
  skopeo: {
    packages: ["skopeo", "libgpgme11"],
    choose: { kind: "runnable", suites: ["bookworm"] },
  },
  "busybox-static": { packages: ["busybox-static"], choose: NEWEST_RUNNABLE },
};

export function cacheFolder(): string {
  const { PLIMSOLL_TEST_CACHE, XDG_CACHE_HOME } = process.env;
  if (PLIMSOLL_TEST_CACHE) return PLIMSOLL_TEST_CACHE;
  return join(XDG_CACHE_HOME || tmpdir(), "plimsoll-test-cache");
}

/** The unpacked set, from the cache if it is there, else from the Debian archive. Delete the cache to get newer ones. */
export async function packageSet(name: PackageSetName): Promise<PackageSet> {
  const cache = cacheFolder();
  const root = join(cache, name);
  if (!existsSync(root))
    await withFileLock(join(cache, "lock"), async () => {
      if (!existsSync(root)) await fetchPackageSet(RECIPES[name], cache, root);
    });
  const versions = JSON.parse(await readFile(join(root, "versions.json"), "utf8")) as Record<
    string,
    string
  >;
  return { name, root, versions };
}

/** The set appears at `root` whole or not at all: it is unpacked beside it and renamed. */
async function fetchPackageSet(
  recipe: PackageSetRecipe,
  cache: string,
  root: string,
): Promise<void> {
  const archive = await DebianArchive.open(join(cache, "apt"));
  const chosen =
    recipe.choose.kind === "userland"
      ? await archive.closure(recipe.packages)
      : await newestRunnableVersions(archive, recipe.packages, recipe.choose.suites);
  const work = await mkdtemp(join(cache, "unpacking-"));
  try {
    const debs = join(work, "debs");
    const unpacked = join(work, "root");
    await mkdir(debs);
    await archive.download(chosen, debs);
    for (const deb of await readdir(debs))
      await runCommand("dpkg", ["-x", join(debs, deb), unpacked]);
    const versions = Object.fromEntries(chosen.map((pair) => pair.split("=")));
    await writeFile(join(unpacked, "versions.json"), `${JSON.stringify(versions, null, 2)}\n`);
    await rename(unpacked, root);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function newestRunnableVersions(
  archive: DebianArchive,
  packages: readonly string[],
  suites: readonly Suite[],
): Promise<string[]> {
  const libc = machineLibcVersion();
  const chosen: string[] = [];
  const offers = await archive.offers(packages);
  for (const name of packages) {
    const inSuites = offers.filter(
      (offer) => offer.name === name && offer.suites.some((suite) => suites.includes(suite)),
    );
    let best: string | undefined;
    for (const { version, depends } of inSuites) {
      const needed = depends.match(/\blibc6 \(>= ([^)]+)\)/)?.[1];
      if (needed !== undefined && !(await isAtLeast(libc, needed))) continue;
      if (best === undefined || (await isAtLeast(version, best))) best = version;
    }
    if (best === undefined)
      throw new Error(
        `no ${name} in ${suites.join(", ")} runs with this machine's C library ${libc}`,
      );
    chosen.push(`${name}=${best}`);
  }
  return chosen;
}

function machineLibcVersion(): string {
  const report = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  const version = report.header.glibcVersionRuntime;
  if (version === undefined)
    throw new Error("Debian's packages need a machine with the GNU C library");
  return version;
}

async function isAtLeast(version: string, least: string): Promise<boolean> {
  try {
    await runCommand("dpkg", ["--compare-versions", version, "ge", least]);
    return true;
  } catch {
    return false;
  }
}
