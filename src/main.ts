import { join, resolve } from "node:path";

import packageJson from "../package.json" with { type: "json" };
import type { CliContext } from "./cli/cli-context.ts";
import { readPluginCall } from "./cli/docker-plugin.ts";
import { runCli } from "./cli/run-cli.ts";
import { readSettings } from "./config/read-settings.ts";
import { createOutput } from "./main/output.ts";
import { withDockerGlobals } from "./main/docker-globals.ts";
import { watchInterruption } from "./main/interruption.ts";

const HASHED_AT_ONCE = 65_536;

const words = process.argv.slice(2);
const pluginCall = readPluginCall(words);
const read = readSettings();
let settings = pluginCall === undefined ? read : withDockerGlobals(read, pluginCall.globals);
const programName = pluginCall === undefined ? "plimsoll" : "docker plimsoll";
const stdout = createOutput(process.stdout, settings.color);
const stderr = createOutput(process.stderr, settings.color);
const interruption = watchInterruption();
const clock = (): number => Date.now();
const notify = (message: string): void => stderr.write(`${programName}: warning: ${message}\n`);

const context: CliContext = {
  stdout,
  stderr,
  programName,
  version: packageJson.version,
  installation: {
    nodeVersion: process.versions.node,
    nodePath: process.execPath,
    programPath: join(import.meta.dirname, "../bin/plimsoll.cjs"),
    platform: process.platform,
    isRoot: settings.userId === 0,
  },
  clock,
  sha256(chunks) {
    // Not imported: loading it takes 8 ms, at every start.
    const hash = process.getBuiltinModule("node:crypto").createHash("sha256");
    let waiting = "";
    for (const chunk of chunks) {
      // Thousands of short texts: each call costs more than the hashing.
      waiting += chunk;
      if (waiting.length < HASHED_AT_ONCE) continue;
      hash.update(waiting);
      waiting = "";
    }
    hash.update(waiting);
    return hash.digest("hex");
  },
  signal: interruption,
  folders: {
    state: settings.stateDir,
    cache: settings.cacheDir,
    dockerConfig: settings.docker.configDir,
  },
  files: {
    read: async (path, maxBytes) =>
      (await import("./main/text-files.ts")).readTextFile(path, maxBytes),
    write: async (path, text) => (await import("./main/text-files.ts")).writeTextFile(path, text),
  },
  writeBytes: async (path, chunks) =>
    (await import("./main/byte-files.ts")).writeBytes(path, chunks),
  findFiles: async (path, ending) => (await import("./main/find-files.ts")).findFiles(path, ending),
  useRegistryFlags(flags) {
    if (flags.registryCa === undefined) return;
    const { registryCertificates } = settings;
    const caFile = resolve(flags.registryCa);
    settings = { ...settings, registryCertificates: { ...registryCertificates, caFile } };
  },
  async openTarget(spec, signal = interruption) {
    const { openTarget } = await import("./main/open-target.ts");
    return openTarget(spec, { settings, clock, signal, notify });
  },
  async openHistory() {
    const { openRunJournal } = await import("./store/sqlite-run-journal.ts");
    return openRunJournal(settings.stateDir);
  },
  async openBin(directory) {
    const { openBin } = await import("./main/open-bin.ts");
    return openBin({ settings, clock }, directory);
  },
  async openPullLog(spoolFile) {
    const { openPullLog } = await import("./main/open-pull-log.ts");
    return openPullLog(settings, spoolFile);
  },
  async openRegistryLookup() {
    const { openRegistryLookup } = await import("./main/open-registry-lookup.ts");
    return openRegistryLookup({ settings, clock, notify });
  },
  async openRegistryFinder() {
    const { openRegistryFinder } = await import("./main/open-registry-lookup.ts");
    return openRegistryFinder({ settings, clock, notify });
  },
  async configuredRegistries() {
    const { listRegistries } = await import("./credentials/list-registries.ts");
    return listRegistries(settings.docker.configDir);
  },
  async configuredEngines() {
    const { listEngines } = await import("./config/list-engines.ts");
    return listEngines(settings);
  },
  async askCluster(contextName) {
    const { askCluster } = await import("./kubernetes/ask-cluster.ts");
    const { kubeconfigs, environment } = settings;
    return askCluster({ contextName, kubeconfigs, environment, signal: interruption });
  },
  async runShell(command) {
    return (await import("./main/run-shell.ts")).runShell(command);
  },
  async contextNames() {
    const { listContexts } = await import("./config/docker-context.ts");
    return listContexts(settings.docker.configDir);
  },
  async socketAddresses() {
    const { socketsHere } = await import("./config/resolve-engine.ts");
    return socketsHere(settings);
  },
  get canAsk() {
    const { isTTY = false }: { readonly isTTY?: boolean } = process.stdin;
    return isTTY && stderr.isTerminal;
  },
  async confirm(question) {
    const { confirmAtTerminal } = await import("./main/ask.ts");
    return confirmAtTerminal(question, interruption);
  },
};

// No top-level await: with one, the bundler keeps apart many small chunks that all load at start.
void runCli(context, pluginCall?.args ?? words).then((exitCode) => {
  process.exitCode = exitCode;
  // Taking the heap apart, for a process that ends, takes longer than printing did. What a slow reader has yet to take is waited for.
  if (process.stdout.writableLength + process.stderr.writableLength === 0) process.exit();
});
