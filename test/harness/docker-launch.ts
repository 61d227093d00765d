import { mkdir, readdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { commandOptions } from "./command-options.ts";
import { packageSet, type PackageSet, type PackageSetName } from "./debian-packages.ts";
import { storeOf, type EngineKind } from "./engine-kinds.ts";
import type { EngineLaunch, LaunchOptions } from "./engine-launch.ts";
import { freeLoopbackPort } from "./free-port.ts";
import { makeTlsCertificates } from "./tls-certificates.ts";

type DockerKind = Exclude<EngineKind, "podman">;

const PACKAGES = {
  "docker-20.10": "docker-20.10",
  "docker-26.1": "docker-26.1",
  "docker-26.1-containerd": "docker-26.1",
  "docker-latest": "docker-latest",
  "docker-latest-containerd": "docker-latest",
} as const satisfies Record<DockerKind, PackageSetName>;

export async function dockerLaunch(
  kind: DockerKind,
  folder: string,
  options: LaunchOptions,
): Promise<EngineLaunch> {
  const packages = await packageSet(PACKAGES[kind]);
  const dataRoot = join(folder, "data");
  const execRoot = join(folder, "exec");
  const socketPath = join(folder, "docker.sock");
  const usesContainerdStore = storeOf(kind) === "containerd";

  // Always a file of our own: the default one belongs to the machine's engine.
  const configFile = join(folder, "daemon.json");
  const config =
    kind === "docker-20.10"
      ? { "deprecated-key-path": join(folder, "key.json") } // else it writes one into /etc/docker
      : { features: { "containerd-snapshotter": usesContainerdStore } };
  await writeFile(configFile, JSON.stringify(config));

  const args = commandOptions({
    "data-root": dataRoot,
    "exec-root": execRoot,
    pidfile: join(folder, "pid"),
    "config-file": configFile,
    host: `unix://${socketPath}`,
    group: "root",
    bridge: "none",
    iptables: "false",
    ip6tables: kind === "docker-20.10" ? false : "false",
    "ip-forward": "false",
    "insecure-registry": options.insecureRegistries ?? [],
  });
  const launch: EngineLaunch = {
    product: "docker",
    versions: packages.versions,
    cliPackages: packages,
    program: join(packages.root, "usr/sbin/dockerd"),
    args,
    env: await dockerEnvironment(packages, folder),
    socketPath,
    dataRoot,
    containerdPidFile: join(execRoot, "containerd/containerd.pid"),
    ...(usesContainerdStore
      ? { containerdSocket: join(execRoot, "containerd/containerd.sock") }
      : {}),
  };
  if (options.tls === true) {
    const { caFile, server, client } = await makeTlsCertificates(join(folder, "tls"));
    const host = `tcp://127.0.0.1:${await freeLoopbackPort()}`;
    const { certFile: tlscert, keyFile: tlskey } = server;
    args.push(...commandOptions({ host, tlsverify: true, tlscacert: caFile, tlscert, tlskey }));
    launch.tls = { host, caFile, ...client };
  }
  return launch;
}

/** dockerd finds its own containerd, shim and runc first, and libraries that the machine may not have. */
async function dockerEnvironment(packages: PackageSet, folder: string): Promise<NodeJS.ProcessEnv> {
  const tmp = join(folder, "tmp");
  await mkdir(tmp);
  return {
    PATH: executableFolders(packages).join(delimiter) + delimiter + (process.env.PATH ?? ""),
    LD_LIBRARY_PATH: (await libraryFolders(packages)).join(delimiter),
    HOME: folder,
    TMPDIR: tmp,
  };
}

export function executableFolders(packages: PackageSet): string[] {
  return [join(packages.root, "usr/sbin"), join(packages.root, "usr/bin")];
}

/** The one folder named after the machine, such as `x86_64-linux-gnu`, below `lib` and `usr/lib`. */
async function libraryFolders(packages: PackageSet): Promise<string[]> {
  const found: string[] = [];
  for (const parent of ["lib", "usr/lib"]) {
    const entries = await readdir(join(packages.root, parent)).catch(() => []);
    const triplets = entries.filter((entry) => /-linux-gnu/.test(entry));
    found.push(...triplets.map((entry) => join(packages.root, parent, entry)));
  }
  return found;
}
