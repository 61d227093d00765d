import { existsSync } from "node:fs";
import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { runCommand } from "./run-command.ts";

const SUITES = ["bookworm", "trixie", "sid"] as const;
export type Suite = (typeof SUITES)[number];

export interface PackageOffer {
  name: string;
  version: string;
  suites: Suite[];
  /** The Depends field as the archive prints it. */
  depends: string;
}

const MIRROR = "http://deb.debian.org/debian";
const KEYRINGS = [
  "/usr/share/keyrings/debian-archive-keyring.pgp",
  "/usr/share/keyrings/debian-archive-keyring.gpg",
];
const ATTEMPTS = 4;
const LISTS_VALID_MS = 30 * 60_000;

export function archiveKeyring(): string | undefined {
  return KEYRINGS.find((path) => existsSync(path));
}

/**
 * The Debian archive through apt, with sources, lists, cache and status of its own: the machine's package state is
 * neither read nor changed. The empty status makes apt resolve dependencies as for a machine with nothing installed.
 */
export class DebianArchive {
  readonly folder: string;
  readonly #options: string[];

  private constructor(folder: string) {
    this.folder = folder;
    const settings = {
      "Dir::Etc::sourcelist": join(folder, "sources.list"),
      "Dir::Etc::sourceparts": "/dev/null",
      "Dir::State": join(folder, "state"),
      "Dir::State::lists": join(folder, "lists"),
      "Dir::State::status": join(folder, "status"),
      "Dir::Cache": join(folder, "cache"),
      // Debian's container images switch the binary caches off; without them every query parses 60 MB of lists.
      "Dir::Cache::pkgcache": "pkgcache.bin",
      "Dir::Cache::srcpkgcache": "srcpkgcache.bin",
      "Dir::Log": join(folder, "log"),
      "APT::Sandbox::User": "root",
      "APT::Install-Recommends": "false",
      "Acquire::Retries": "3",
      "Acquire::http::Timeout": "30",
      "Debug::NoLocking": "1",
    };
    this.#options = Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  }

  static async open(folder: string): Promise<DebianArchive> {
    const keyring = archiveKeyring();
    if (keyring === undefined)
      throw new Error(`no Debian archive keyring (${KEYRINGS.join(" or ")})`);
    for (const sub of ["state", "lists/partial", "cache/archives/partial", "log"])
      await mkdir(join(folder, sub), { recursive: true });
    const sources = SUITES.map((suite) => `deb [signed-by=${keyring}] ${MIRROR} ${suite} main\n`);
    await writeFile(join(folder, "sources.list"), sources.join(""));
    await writeFile(join(folder, "status"), "");
    const archive = new DebianArchive(folder);
    const stamp = join(folder, "updated");
    if ((await ageMs(stamp)) > LISTS_VALID_MS) {
      await insist("apt-get update", () =>
        runCommand("apt-get", [...archive.#options, "-o", "APT::Update::Error-Mode=any", "update"]),
      );
      await writeFile(stamp, "");
    }
    return archive;
  }

  /** Every version of the named packages that one of the suites offers. */
  async offers(names: readonly string[]): Promise<PackageOffer[]> {
    const offers = new Map<string, PackageOffer>();
    const table = await runCommand("apt-cache", [...this.#options, "madison", ...names]);
    for (const line of table.trim().split("\n")) {
      const [name, version, source] = line.split("|").map((cell) => cell.trim());
      const suite = SUITES.find((each) => source?.includes(` ${each}/`));
      if (name === undefined || version === undefined || suite === undefined) continue;
      const offer = offers.get(`${name}=${version}`) ?? { name, version, suites: [], depends: "" };
      offer.suites.push(suite);
      offers.set(`${name}=${version}`, offer);
    }
    const stanzas = await runCommand("apt-cache", [...this.#options, "show", ...names]);
    for (const stanza of stanzas.split("\n\n")) {
      const field = (key: string) => stanza.match(new RegExp(`^${key}: (.*)$`, "m"))?.[1] ?? "";
      const offer = offers.get(`${field("Package")}=${field("Version")}`);
      if (offer !== undefined) offer.depends = field("Depends");
    }
    return [...offers.values()];
  }

  /** Fetches exactly these `name=version` packages into `folder`, signatures and hashes checked by apt. */
  async download(packages: readonly string[], folder: string): Promise<void> {
    await insist(`apt-get download ${packages.join(" ")}`, () =>
      runCommand("apt-get", [...this.#options, "download", ...packages], {
        cwd: folder,
        timeoutMs: 600_000,
      }),
    );
  }

  /** The named packages at their newest version and everything they depend on, as `name=version`. */
  async closure(packages: readonly string[]): Promise<string[]> {
    const plan = await runCommand("apt-get", [
      ...this.#options,
      "--simulate",
      "install",
      ...packages,
    ]);
    return [...plan.matchAll(/^Inst (\S+) \((\S+)/gm)].map((match) => `${match[1]}=${match[2]}`);
  }
}

async function ageMs(path: string): Promise<number> {
  return existsSync(path) ? Date.now() - (await stat(path)).mtimeMs : Infinity;
}

async function insist<T>(what: string, attempt: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      if (tried === ATTEMPTS)
        throw new Error(`${what} failed ${ATTEMPTS} times; is ${MIRROR} reachable?`, {
          cause: error,
        });
      await delay(tried * 2_000);
    }
  }
}
