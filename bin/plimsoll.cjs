#!/usr/bin/env node
// The installed command. CommonJS, and syntax that any Node since 10 can parse, so that a Node that
// is too old gets a sentence instead of a stack trace. What can be answered without the program is
// answered here: the docker CLI asks every plug-in for its metadata at each `docker --help`.

"use strict";

const { version } = require("../package.json");

const pluginMetadata = {
  SchemaVersion: "0.1.0",
  Vendor: "Plimsoll",
  Version: version,
  ShortDescription: "Show what fills this host, plan what may go and why, remove it safely",
};

/** The floor of package.json `engines`. */
function isNewEnough([major, minor]) {
  return major > 22 || (major === 22 && minor >= 18);
}

/**
 * Node's own default for compiled code is below the shared temporary folder, where another user can
 * plant what root then runs; hence the user's cache folder. The environment is read here, and not in
 * src/config, because the cache must be on before anything of src is loaded.
 */
function enableCompileCache() {
  const { HOME, XDG_CACHE_HOME } = process.env;
  const cache = XDG_CACHE_HOME || (HOME && HOME + "/.cache");
  if (cache) require("node:module").enableCompileCache(cache + "/plimsoll/compiled");
}

function start() {
  const args = process.argv.slice(2);
  if (!isNewEnough(process.versions.node.split(".").map(Number))) {
    process.stderr.write(
      "plimsoll: Node " + process.versions.node + " is too old; it needs Node 22.18 or newer\n",
    );
    process.exitCode = 1;
    return;
  }
  if (args[0] === "docker-cli-plugin-metadata") {
    process.stdout.write(JSON.stringify(pluginMetadata) + "\n");
    return;
  }
  if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) {
    process.stdout.write("plimsoll " + version + "\n");
    return;
  }
  enableCompileCache();
  // A failure to load throws, and Node ends with its stack trace and status 1: that is a broken
  // installation, never the user's mistake.
  require("../dist/main.cjs");
}

start();
