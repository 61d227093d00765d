import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { KubeConfig, type Cluster, type User } from "@kubernetes/client-node";
import { parse } from "yaml";

import { isJsonObject } from "../oci/json-object.ts";
import { ClusterError, messageOf } from "./cluster-error.ts";
import { at } from "./cluster-resources.ts";

/** One context of the user's kubeconfig files: where its cluster is, and who asks. */
export interface ClusterAccess {
  readonly cluster: Cluster;
  readonly user: User;
}

/**
 * Finds a context as kubectl does: several files are read as one, and of what has the same name in two of them the first
 * counts. Paths in a file are relative to it.
 */
export function readKubeconfig(files: readonly string[], contextName: string): ClusterAccess {
  const configs = files.filter((file) => existsSync(file)).map(load);
  const where = files.join(", ");
  if (configs.length === 0)
    throw new ClusterError("kubeconfig", `there is no kubeconfig: ${where}`);
  const context = firstOf(configs, (config) => config.getContextObject(contextName));
  if (context === undefined) {
    const known = configs.flatMap((config) => config.getContexts().map(({ name }) => name));
    const names = known.length === 0 ? "there is none" : `there are ${known.join(", ")}`;
    throw new ClusterError("kubeconfig", `no context "${contextName}" in ${where}: ${names}`);
  }
  const cluster = firstOf(configs, (config) => config.getCluster(context.cluster));
  if (cluster === undefined)
    throw new ClusterError("kubeconfig", `context "${contextName}" names no cluster of ${where}`);
  const user = firstOf(configs, (config) => config.getUser(context.user));
  if (user === undefined)
    throw new ClusterError("kubeconfig", `context "${contextName}" names no user of ${where}`);
  return { cluster, user };
}

function load(file: string): KubeConfig {
  const config = new KubeConfig();
  try {
    const document: unknown = parse(readFileSync(file, "utf8"));
    const users = at(document, "users");
    const usersHere = Array.isArray(users) ? users.map((user) => placed(dirname(file), user)) : [];
    config.loadFromString(
      JSON.stringify(isJsonObject(document) ? { ...document, users: usersHere } : {}),
    );
    config.makePathsAbsolute(dirname(file));
  } catch (cause) {
    throw new ClusterError("kubeconfig", `${file} cannot be read: ${messageOf(cause)}`, { cause });
  }
  return config;
}

/**
 * What the client library does not do for a user: a file that holds the token (it knows the field by another name), and a
 * plug-in named by a path, which is looked for beside the file that names it; one with a plain name is on PATH.
 */
function placed(folder: string, entry: unknown): unknown {
  const user = at(entry, "user");
  if (!isJsonObject(entry) || !isJsonObject(user)) return entry;
  const { exec, tokenFile, token } = user;
  const command = at(exec, "command");
  const isBeside = typeof command === "string" && command.includes("/");
  const isInFile = typeof tokenFile === "string" && token === undefined;
  return {
    ...entry,
    user: {
      ...user,
      ...(isBeside && isJsonObject(exec)
        ? { exec: { ...exec, command: resolve(folder, command) } }
        : {}),
      ...(isInFile ? { token: readFileSync(resolve(folder, tokenFile), "utf8").trim() } : {}),
    },
  };
}

function firstOf<T>(
  configs: readonly KubeConfig[],
  find: (config: KubeConfig) => T | null,
): T | undefined {
  for (const config of configs) {
    const found = find(config);
    if (found !== null) return found;
  }
  return undefined;
}
