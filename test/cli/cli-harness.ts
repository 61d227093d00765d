import { createHash } from "node:crypto";

import type { CliContext, Output } from "../../src/cli/cli-context.ts";
import type { ExitCode } from "../../src/cli/exit-codes.ts";
import { runCli } from "../../src/cli/run-cli.ts";
import { fakeLookup } from "../fakes/fake-lookup.ts";

export interface CliResult {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** 2026-11-21, a Saturday, at noon. */
export const NOW_MS = Date.parse("2026-11-21T12:00:00Z");

function captured(options: Partial<Output>): Output & { text(): string } {
  let all = "";
  return {
    isTerminal: false,
    columns: 80,
    colour: false,
    ...options,
    write: (text) => {
      all += text;
    },
    text: () => all,
  };
}

/** Runs a command line as a user would, on a context of which a test replaces what it cares about. */
export async function cli(
  args: readonly string[],
  overrides: Partial<Omit<CliContext, "stdout" | "stderr">> & {
    readonly terminal?: Partial<Output>;
  } = {},
): Promise<CliResult> {
  const { terminal = {}, ...rest } = overrides;
  const stdout = captured(terminal);
  const stderr = captured(terminal);
  const missing = (what: string) => () => Promise.reject(new Error(`this test has no ${what}`));
  const context: CliContext = {
    programName: "plimsoll",
    version: "1.2.3",
    installation: {
      nodeVersion: "24.1.0",
      nodePath: "/usr/bin/node",
      programPath: "/opt/plimsoll/bin/plimsoll.cjs",
      platform: "linux",
      isRoot: false,
    },
    clock: () => NOW_MS,
    sha256: (chunks) => {
      const hash = createHash("sha256");
      for (const chunk of chunks) hash.update(chunk);
      return hash.digest("hex");
    },
    signal: new AbortController().signal,
    folders: { state: "/state", cache: "/cache", dockerConfig: "/docker" },
    files: { read: missing("files"), write: missing("files") },
    writeBytes: missing("files"),
    findFiles: missing("files"),
    useRegistryFlags: () => undefined,
    openTarget: missing("target"),
    openHistory: missing("history"),
    openBin: missing("bin"),
    askCluster: missing("cluster"),
    runShell: missing("shell"),
    openPullLog: missing("pull log"),
    openRegistryLookup: () => Promise.resolve(fakeLookup()),
    openRegistryFinder: missing("registries to look through"),
    configuredRegistries: () => Promise.resolve([]),
    configuredEngines: () =>
      Promise.resolve([{ spec: undefined, name: "default", isAbsent: true }]),
    contextNames: () => Promise.resolve(["default"]),
    socketAddresses: () => Promise.resolve([]),
    canAsk: false,
    confirm: missing("terminal"),
    ...rest,
    stdout,
    stderr,
  };
  const code = await runCli(context, args);
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}
