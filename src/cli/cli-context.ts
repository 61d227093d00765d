import type { ForeignHost } from "../inventory/foreign-use.ts";
import type { TargetSession } from "../operations/target-session.ts";
import type { Sha256 } from "../operations/plan.ts";
import type { Clock } from "../ports/clock.ts";
import type { ConfiguredEngine } from "../ports/configured-engine.ts";
import type { PullLog } from "../ports/pull-log.ts";
import type { RecoveryBin } from "../ports/recovery-bin.ts";
import type { RegistryFinder } from "../ports/registry-finder.ts";
import type { RegistryLookup } from "../ports/registry-lookup.ts";
import type { RunJournal } from "../ports/run-journal.ts";

/** Where text goes. `columns` is the width to lay out for; meaningful only at a terminal. */
export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly colour: boolean;
}

export interface TextFiles {
  /** `-` is standard input. No more than about `maxBytes` is read. Rejects with Node's own error (`code`, `path`). */
  read(path: string, maxBytes?: number): Promise<string>;
  /** Replaces the file at once or not at all; a long text comes in pieces. */
  write(path: string, text: string | Iterable<string>): Promise<void>;
}

/** The folders that a command may have to name or look into. */
export interface CliFolders {
  /** Journal, sightings: what must not be lost. */
  readonly state: string;
  /** Facts that can be fetched again. */
  readonly cache: string;
  /** The docker CLI's own (`DOCKER_CONFIG`, `~/.docker`). */
  readonly dockerConfig: string;
}

/** What this program runs on and from. */
export interface Installation {
  readonly nodeVersion: string;
  readonly nodePath: string;
  /** The file that starts this program. */
  readonly programPath: string;
  readonly platform: string;
  readonly isRoot: boolean;
}

/** Flags of every command that say how registries are reached. */
export interface RegistryFlags {
  readonly registryCa?: string;
}

/** Runs as they were recorded; nothing can be changed through it. */
export type RunHistory = Pick<RunJournal, "runs" | "run" | "runOfPlan" | "records">;

/** Everything a command may touch. Made by `main.ts`; tests make their own. */
export interface CliContext {
  readonly stdout: Output;
  readonly stderr: Output;
  /** What the user typed to get here: `plimsoll`, or `docker plimsoll` as a plug-in. */
  readonly programName: string;
  readonly version: string;
  readonly installation: Installation;
  readonly clock: Clock;
  readonly sha256: Sha256;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  readonly folders: CliFolders;
  readonly files: TextFiles;
  /** Replaces the file at once or not at all; `-` is standard output. Rejects with Node's own error, or what `chunks` throws. */
  writeBytes(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /** Paths of the files below a folder whose names end so, sorted; a path that is a file is itself the only one. */
  findFiles(path: string, ending: string): Promise<readonly string[]>;
  /** Called before anything is opened. */
  useRegistryFlags(flags: RegistryFlags): void;
  /** Opens what `-t` names; undefined is the current Docker context. Rejects with the adapter's typed error. The signal ends the attempt; default is the context's. */
  openTarget(spec: string | undefined, signal?: AbortSignal): Promise<TargetSession>;
  openHistory(): Promise<RunHistory>;
  /** The recovery bin of this user, or the one in a directory; where none is, an empty one that the first image makes. */
  openBin(directory?: string): Promise<RecoveryBin>;
  /** Where pulls from registries are written down: this user's state, or the spool file. */
  openPullLog(spoolFile?: string): Promise<Pick<PullLog, "note"> & { close(): void }>;
  /** Asks registries with the credentials of this user. */
  openRegistryLookup(): Promise<RegistryLookup>;
  /** Looks for images in registries by name, with the credentials of this user. */
  openRegistryFinder(): Promise<RegistryFinder>;
  /** Hosts of the registries that this user has logged in to. */
  configuredRegistries(): Promise<readonly string[]>;
  /** The current engine, then those of other docker contexts, each address once. */
  configuredEngines(): Promise<readonly ConfiguredEngine[]>;
  /** Asks a Kubernetes cluster, by a context of the user's kubeconfig, what images it uses. */
  askCluster(contextName: string): Promise<ForeignHost>;
  /** Runs a command line of the user's, with what it prints on standard error; answers its exit status. */
  runShell(command: string): Promise<number>;
  /** Names of the docker contexts that exist, `default` included. */
  contextNames(): Promise<readonly string[]>;
  /** Addresses of engines' sockets that exist on this machine. */
  socketAddresses(): Promise<readonly string[]>;
  /** False where nobody can answer: standard input or error is no terminal. */
  readonly canAsk: boolean;
  /** Asks for yes or no; anything but a clear yes is no. Only where `canAsk`. */
  confirm(question: string): Promise<boolean>;
}
