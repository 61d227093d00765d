import { appendFileSync, existsSync, mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { archiveKeyring } from "./debian-archive.ts";

/** Tested wherever they can be started. */
export const ENGINE_KINDS = [
  "docker-20.10",
  "docker-latest",
  "docker-latest-containerd",
  "podman",
] as const;
/** What else Debian has, tested with PLIMSOLL_TEST_EVERY_ENGINE=1. */
const KINDS_BETWEEN = ["docker-26.1", "docker-26.1-containerd"] as const;
export type EngineKind = (typeof ENGINE_KINDS)[number] | (typeof KINDS_BETWEEN)[number];
export type StoreKind = "graphdriver" | "containerd" | "podman";

export function storeOf(kind: EngineKind): StoreKind {
  if (kind === "podman") return kind;
  return kind.endsWith("-containerd") ? "containerd" : "graphdriver";
}

/** The kinds that a run is about, whether they can be started here or not. */
function wantedKinds(): readonly EngineKind[] {
  const { PLIMSOLL_TEST_EVERY_ENGINE: every } = process.env;
  return every === "1" ? [...ENGINE_KINDS, ...KINDS_BETWEEN] : ENGINE_KINDS;
}

export interface EngineAvailability {
  kind: EngineKind;
  /** Why it cannot be started here; absent when it can. */
  reason?: string;
}

/** What `startEngine` can start on this machine. It never counts an engine that already runs. */
export function availableEngines(): EngineAvailability[] {
  return wantedKinds().map((kind) => {
    const reason = whyNotHere(kind);
    return reason === undefined ? { kind } : { kind, reason };
  });
}

/**
 * The kinds to run a suite on. Each kind left out is named in the report of the test run
 * (`not-tested.txt` in PLIMSOLL_TEST_REPORT_DIR); with PLIMSOLL_REQUIRE_ENGINES=1 it is an error instead.
 */
export function enginesToTest(wanted = wantedKinds()): EngineKind[] {
  const chosen = availableEngines().filter(({ kind }) => wanted.includes(kind));
  for (const { kind, reason } of chosen) if (reason !== undefined) reportNotTested(kind, reason);
  return chosen.filter(({ reason }) => reason === undefined).map(({ kind }) => kind);
}

export function reportNotTested(what: string, reason: string): void {
  if (process.env.PLIMSOLL_REQUIRE_ENGINES === "1")
    throw new Error(`${what} is required: ${reason}`);
  const folder = process.env.PLIMSOLL_TEST_REPORT_DIR;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  appendFileSync(join(folder, "not-tested.txt"), `${what}: ${reason}\n`);
}

function whyNotHere(kind: EngineKind): string | undefined {
  if (process.platform !== "linux") return `engines run on Linux only, this is ${process.platform}`;
  const missing = ["apt-get", "dpkg", "flock", "setpriv"].filter((program) => !isOnPath(program));
  if (missing.length > 0)
    return `engines and base images come from Debian packages, and ${missing.join(", ")} is missing`;
  if (archiveKeyring() === undefined)
    return "the Debian archive keyring is missing (package debian-archive-keyring)";
  if (runsAsRoot()) return undefined;
  if (kind !== "podman") return "starting Docker needs root";
  return isOnPath("podman") ? undefined : "starting Podman needs root, or Podman to be installed";
}

/** Elsewhere only an installed Podman can be started, as the user who runs the tests. */
export function runsAsRoot(): boolean {
  return process.getuid?.() === 0;
}

function isOnPath(program: string): boolean {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.some((folder) => folder !== "" && existsSync(join(folder, program)));
}
