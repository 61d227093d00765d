import { spawn } from "node:child_process";
import type { Cluster, User } from "@kubernetes/client-node";

import { isJsonObject, type JsonObject } from "../oci/json-object.ts";
import { ClusterError, messageOf } from "./cluster-error.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const PLUGIN_TIMEOUT_MS = 60_000;
/** Enough of a plug-in's last words to say what went wrong. */
const STDERR_KEPT = 500;

/**
 * A user whose credentials a plug-in makes, with what it made (client.authentication.k8s.io, "ExecCredential"). Not left to
 * the client library, which waits for a plug-in without end, lets it ask on standard input, and does not tell it what it is
 * asked for (`KUBERNETES_EXEC_INFO`).
 */
export async function withPluginCredentials(
  user: User,
  cluster: Cluster,
  environment: Environment,
  signal: AbortSignal,
): Promise<User> {
  const plugin: unknown = user.exec;
  if (!isJsonObject(plugin)) return user;
  const { exec: _, ...others } = user;
  const { token, clientCertificateData, clientKeyData } = await askPlugin(
    plugin,
    cluster,
    environment,
    signal,
  );
  if (typeof token !== "string" && typeof clientCertificateData !== "string")
    throw new ClusterError("credentials", `${nameOf(plugin)} gave no credentials`);
  return {
    ...others,
    ...(typeof token === "string" ? { token } : {}),
    ...(typeof clientCertificateData === "string" && typeof clientKeyData === "string"
      ? { certData: toBase64(clientCertificateData), keyData: toBase64(clientKeyData) }
      : {}),
  };
}

async function askPlugin(
  plugin: JsonObject,
  cluster: Cluster,
  environment: Environment,
  signal: AbortSignal,
): Promise<JsonObject> {
  const output = await run(plugin, { ...environment, ...variablesOf(plugin, cluster) }, signal);
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch (cause) {
    throw new ClusterError("credentials", `${nameOf(plugin)} printed no JSON`, { cause });
  }
  const status = isJsonObject(answer) ? answer["status"] : undefined;
  return isJsonObject(status) ? status : {};
}

function variablesOf(plugin: JsonObject, cluster: Cluster): Record<string, string> {
  const own = Array.isArray(plugin["env"]) ? plugin["env"].filter(isJsonObject) : [];
  const { server, caData, tlsServerName, skipTLSVerify } = cluster;
  const asked = {
    apiVersion: plugin["apiVersion"],
    kind: "ExecCredential",
    spec: {
      interactive: false,
      ...(plugin["provideClusterInfo"] === true
        ? {
            cluster: {
              server,
              "certificate-authority-data": caData,
              "tls-server-name": tlsServerName,
              "insecure-skip-tls-verify": skipTLSVerify,
            },
          }
        : {}),
    },
  };
  return {
    ...Object.fromEntries(own.map(({ name, value }) => [String(name), String(value)])),
    KUBERNETES_EXEC_INFO: JSON.stringify(asked),
  };
}

function run(plugin: JsonObject, env: Environment, signal: AbortSignal): Promise<string> {
  const args = Array.isArray(plugin["args"]) ? plugin["args"].map(String) : [];
  const failed = (detail: string, cause?: unknown): ClusterError =>
    new ClusterError("credentials", `${nameOf(plugin)} ${detail}`, { cause });
  return new Promise((resolve, reject) => {
    const child = spawn(String(plugin["command"]), args, {
      env,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: PLUGIN_TIMEOUT_MS,
      killSignal: "SIGKILL",
      signal,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-STDERR_KEPT);
    });
    child.on("error", (error) => reject(failed(`could not be run: ${messageOf(error)}`, error)));
    child.on("exit", (_status, killedBy) => {
      if (killedBy === null) return;
      reject(failed(`gave nothing for ${PLUGIN_TIMEOUT_MS / 1000} s`));
      // What it has started may hold them open for as long as it likes.
      child.stdout.destroy();
      child.stderr.destroy();
    });
    child.on("close", (status) => {
      if (status === 0) resolve(stdout);
      else reject(failed(`ended with status ${status}: ${stderr.trim() || "it says nothing"}`));
    });
  });
}

function nameOf(plugin: JsonObject): string {
  return `the credential plug-in ${String(plugin["command"])}`;
}

function toBase64(text: string): string {
  return Buffer.from(text).toString("base64");
}
