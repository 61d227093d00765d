import { homedir } from "node:os";
import { delimiter, isAbsolute, join, resolve } from "node:path";

import type { ProxySettings } from "../ports/proxy-settings.ts";
import { readAwsSettings, type AwsSettings } from "./aws-settings.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says. Nothing else in the program reads environment variables. */
export interface Settings {
  /** Journal, history, what is remembered of images. */
  readonly stateDir: string;
  /** The recovery bin: removed images that can come back. */
  readonly binDir: string;
  /** The file with the age identities that open an encrypted recovery bin. */
  readonly binIdentity?: string;
  /** What listeners without the state folder heard of pulls from registries. */
  readonly pullSpool: string;
  /** May be lost at any time. */
  readonly cacheDir: string;
  readonly color: "always" | "never" | "auto";
  /** Where containerd's own socket is, when the engine's answer is not to be believed. */
  readonly containerdAddress?: string;
  readonly docker: DockerSettings;
  /** Where requests to registries go out by another host; absent where none is set. */
  readonly proxies?: ProxySettings;
  readonly registryCertificates: RegistryCertificateFiles;
  readonly registryPace: RegistryPaceTexts;
  readonly aws: AwsSettings;
  /** Read as one, the first word counting (`KUBECONFIG`, `~/.kube/config`). They need not exist. */
  readonly kubeconfigs: readonly string[];
  /** For programs that the user's own configuration names: handed on, and never looked into. */
  readonly environment: Environment;
  /** The user's folder for sockets (`XDG_RUNTIME_DIR`). */
  readonly runtimeDir?: string;
  /** Undefined where the system has no such numbers. */
  readonly userId?: number;
}

/** Certificates beside the system's own. */
export interface RegistryCertificateFiles {
  /** With a folder for each registry in it, `host:port`. */
  readonly folders: readonly string[];
  /** An authority for every registry. */
  readonly caFile?: string;
}

/** What registries are to be spared, as it was written: whoever asks one says what is wrong with it. */
export interface RegistryPaceTexts {
  /** `PLIMSOLL_REGISTRY_RATE`: requests a second to each registry. */
  readonly rate?: string;
  /** `PLIMSOLL_REGISTRY_BUDGET`: requests to each registry by one command. */
  readonly budget?: string;
}

/** The variables that the docker command line reads, with its meaning. */
export interface DockerSettings {
  /** Holds `config.json` and `contexts/`. */
  readonly configDir: string;
  readonly host?: string;
  readonly context?: string;
  /** TLS for `host`: off, encrypted only, or with the engine's identity checked. */
  readonly tls: "off" | "unverified" | "verified";
  /** Holds `ca.pem`, `cert.pem` and `key.pem` for `host`. */
  readonly certDir: string;
  /** Speak this API version instead of the newest common one. */
  readonly apiVersion?: string;
}

export function readSettings(
  env: Environment = process.env,
  home: string = homedir(),
  userId: number | undefined = process.getuid?.(),
): Settings {
  const containerdAddress = valueOf(env, "PLIMSOLL_CONTAINERD");
  const runtimeDir = valueOf(env, "XDG_RUNTIME_DIR");
  const bin = valueOf(env, "PLIMSOLL_BIN");
  const binIdentity = valueOf(env, "PLIMSOLL_BIN_IDENTITY");
  const stateDir = ownFolder(
    env,
    "PLIMSOLL_STATE_DIR",
    "XDG_STATE_HOME",
    join(home, ".local/state"),
  );
  return {
    stateDir,
    binDir: bin === undefined ? join(stateDir, "bin") : resolve(bin),
    ...(binIdentity === undefined ? {} : { binIdentity: resolve(binIdentity) }),
    pullSpool: resolve(valueOf(env, "PLIMSOLL_PULL_SPOOL") ?? join(stateDir, "pulls.jsonl")),
    cacheDir: ownFolder(env, "PLIMSOLL_CACHE_DIR", "XDG_CACHE_HOME", join(home, ".cache")),
    color: colorOf(env),
    docker: readDockerSettings(env, home),
    ...(containerdAddress === undefined ? {} : { containerdAddress }),
    ...readProxies(env),
    registryCertificates: readCertificateFiles(env, home),
    registryPace: readPace(env),
    aws: readAwsSettings(env, home),
    kubeconfigs: readKubeconfigs(env, home),
    environment: env,
    ...(runtimeDir === undefined ? {} : { runtimeDir }),
    ...(userId === undefined ? {} : { userId }),
  };
}

function readDockerSettings(env: Environment, home: string): DockerSettings {
  const configDir = resolve(valueOf(env, "DOCKER_CONFIG") ?? join(home, ".docker"));
  const host = valueOf(env, "DOCKER_HOST");
  const context = valueOf(env, "DOCKER_CONTEXT");
  const apiVersion = valueOf(env, "DOCKER_API_VERSION")?.replace(/^v/, "");
  const encrypted = valueOf(env, "DOCKER_TLS") === undefined ? "off" : "unverified";
  return {
    configDir,
    tls: valueOf(env, "DOCKER_TLS_VERIFY") === undefined ? encrypted : "verified",
    certDir: resolve(valueOf(env, "DOCKER_CERT_PATH") ?? configDir),
    ...(host === undefined ? {} : { host }),
    ...(context === undefined ? {} : { context }),
    ...(apiVersion === undefined ? {} : { apiVersion }),
  };
}

/** Where docker and containers look, for the machine and for a user's own engine. */
function readCertificateFiles(env: Environment, home: string): RegistryCertificateFiles {
  const caFile = valueOf(env, "PLIMSOLL_REGISTRY_CA");
  const xdg = valueOf(env, "XDG_CONFIG_HOME");
  const configHome = xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, ".config");
  const parents = [configHome, "/etc"];
  return {
    folders: parents.flatMap((parent) => [
      join(parent, "docker/certs.d"),
      join(parent, "containers/certs.d"),
    ]),
    ...(caFile === undefined ? {} : { caFile: resolve(caFile) }),
  };
}

function readKubeconfigs(env: Environment, home: string): readonly string[] {
  const named = (valueOf(env, "KUBECONFIG") ?? "").split(delimiter).filter((path) => path !== "");
  return named.length === 0 ? [join(home, ".kube/config")] : named.map((path) => resolve(path));
}

function readPace(env: Environment): RegistryPaceTexts {
  const rate = valueOf(env, "PLIMSOLL_REGISTRY_RATE");
  const budget = valueOf(env, "PLIMSOLL_REGISTRY_BUDGET");
  return { ...(rate === undefined ? {} : { rate }), ...(budget === undefined ? {} : { budget }) };
}

/** The lower-case ones win, as in curl. */
function readProxies(env: Environment): { readonly proxies?: ProxySettings } {
  const find = (name: string): string | undefined =>
    valueOf(env, name.toLowerCase()) ?? valueOf(env, name);
  const httpProxy = find("HTTP_PROXY");
  const httpsProxy = find("HTTPS_PROXY");
  const noProxy = find("NO_PROXY");
  if (httpProxy === undefined && httpsProxy === undefined) return {};
  return {
    proxies: {
      ...(httpProxy === undefined ? {} : { httpProxy }),
      ...(httpsProxy === undefined ? {} : { httpsProxy }),
      ...(noProxy === undefined ? {} : { noProxy }),
    },
  };
}

/** An empty variable counts as one that is not set. */
function valueOf(env: Environment, name: string): string | undefined {
  return env[name] || undefined;
}

/** The XDG base directory specification has relative paths ignored. */
function ownFolder(env: Environment, override: string, base: string, fallback: string): string {
  const own = valueOf(env, override);
  if (own !== undefined) return resolve(own);
  const xdg = valueOf(env, base);
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : fallback, "plimsoll");
}

/** no-color.org and force-color.org; Node lets the second win. */
function colorOf(env: Environment): Settings["color"] {
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) return forced === "0" || forced === "false" ? "never" : "always";
  return valueOf(env, "NO_COLOR") === undefined ? "auto" : "never";
}
