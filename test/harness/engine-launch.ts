import type { PackageSet } from "./debian-packages.ts";

export interface LaunchOptions {
  /** Also listen on a loopback TCP port, with certificates made for this engine and required of clients. */
  tls?: boolean;
  /** `host:port` of registries to be spoken to over plain HTTP; Docker trusts loopback addresses anyhow. */
  insecureRegistries?: readonly string[];
}

/** What it takes to run one engine's server on a scratch folder. */
export interface EngineLaunch {
  product: "docker" | "podman";
  /** Versions of the engine's packages, by package name. */
  versions: Record<string, string>;
  /** Where the docker CLI for it is. */
  cliPackages: PackageSet;
  program: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  socketPath: string;
  /** Where images, containers and volumes are on disk. */
  dataRoot: string;
  /** Only with the containerd image store. */
  containerdSocket?: string;
  /** dockerd's own containerd: a server that dockerd starts and that ends shortly after it. */
  containerdPidFile?: string;
  tls?: TlsEndpoint;
}

export interface TlsEndpoint {
  /** `tcp://127.0.0.1:PORT` */
  host: string;
  caFile: string;
  certFile: string;
  keyFile: string;
}
