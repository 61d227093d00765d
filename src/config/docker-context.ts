import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { EngineEndpoint, EngineTls } from "../ports/engine-endpoint.ts";
import { parseObject, readOptionalFile } from "./docker-config-file.ts";
import { parseEngineAddress } from "./engine-address.ts";
import { isTargetProblem, targetProblem, type TargetProblem } from "./target-problem.ts";

/** The context that stands for docker's own default; it is not on disk. */
export const DEFAULT_CONTEXT = "default";

/** Reads the endpoint of a stored context, with its TLS material. Layout: docker/cli, `cli/context/store`. */
export function readContext(configDir: string, name: string): EngineEndpoint | TargetProblem {
  const subject = `the docker context "${name}"`;
  // Importing it would cost every command some milliseconds, with a context or without.
  const { createHash } = process.getBuiltinModule("node:crypto");
  const id = createHash("sha256").update(name).digest("hex");
  const metaPath = join(configDir, "contexts/meta", id, "meta.json");
  const text = readOptionalFile(metaPath);
  if (text === undefined) return unknownContext(configDir, subject);
  const docker = dockerEndpoint(text);
  if (docker === undefined) {
    return targetProblem(
      subject,
      `${metaPath} does not say where its engine is.`,
      "Create the context again.",
    );
  }
  const tls = readTls(join(configDir, "contexts/tls", id, "docker"), docker.skipTlsVerify);
  const endpoint = parseEngineAddress(docker.host, tls !== undefined);
  if (isTargetProblem(endpoint))
    return { ...endpoint, subject: `${subject} (${endpoint.subject})` };
  return endpoint.kind === "tcp" && tls !== undefined ? { ...endpoint, tls } : endpoint;
}

/** Certificates of a folder as docker names them; undefined where there are none and checking was not waived. */
export function readTls(folder: string, skipVerify: boolean): EngineTls | undefined {
  const ca = readOptionalFile(join(folder, "ca.pem"));
  const cert = readOptionalFile(join(folder, "cert.pem"));
  const key = readOptionalFile(join(folder, "key.pem"));
  if (ca === undefined && cert === undefined && key === undefined && !skipVerify) return undefined;
  return {
    skipVerify,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

/** The names of all contexts, sorted, `default` first. */
export function listContexts(configDir: string): string[] {
  const folder = join(configDir, "contexts/meta");
  const names = listFolder(folder).flatMap((entry) => {
    const text = readOptionalFile(join(folder, entry, "meta.json"));
    const name = text === undefined ? undefined : parseObject(text)?.["Name"];
    return typeof name === "string" ? [name] : [];
  });
  return [DEFAULT_CONTEXT, ...names.toSorted()];
}

function listFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function dockerEndpoint(meta: string): { host: string; skipTlsVerify: boolean } | undefined {
  const endpoints = parseObject(meta)?.["Endpoints"] as
    | { docker?: { Host?: unknown; SkipTLSVerify?: unknown } }
    | null
    | undefined;
  const docker = endpoints?.docker;
  if (typeof docker?.Host !== "string" || docker.Host === "") return undefined;
  return { host: docker.Host, skipTlsVerify: docker.SkipTLSVerify === true };
}

function unknownContext(configDir: string, subject: string): TargetProblem {
  const existing = listContexts(configDir).join(", ");
  return targetProblem(
    subject,
    `It does not exist in ${configDir}.`,
    `Use one of those that do: ${existing}.`,
  );
}
