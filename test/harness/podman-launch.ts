import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commandOptions } from "./command-options.ts";
import { packageSet } from "./debian-packages.ts";
import type { EngineLaunch, LaunchOptions } from "./engine-launch.ts";

/** The newest Podman needs the userland it was built for, so it gets it as `/usr` in a mount namespace of its own. */
const ENTER_USERLAND = 'mount --bind "$1/usr" /usr && shift && exec "$@"';

export async function podmanLaunch(folder: string, options: LaunchOptions): Promise<EngineLaunch> {
  if (options.tls === true) throw new Error("the harness starts Podman without TLS");
  const packages = await packageSet("podman");
  const socketPath = join(folder, "podman.sock");
  const dataRoot = join(folder, "root");
  const networks = join(folder, "networks");
  await mkdir(networks);

  // Podman looks below HOME before /etc, which it then leaves alone.
  const settings = join(folder, ".config/containers");
  await mkdir(settings, { recursive: true });
  await writeFile(join(settings, "policy.json"), '{"default":[{"type":"insecureAcceptAnything"}]}');
  const registriesFile = join(folder, "registries.conf");
  await writeFile(registriesFile, registriesConfig(options.insecureRegistries ?? []));

  const podman = [
    "/usr/bin/podman",
    ...commandOptions({
      root: dataRoot,
      runroot: join(folder, "run"),
      tmpdir: join(folder, "libpod"),
      "network-config-dir": networks,
      "cgroup-manager": "cgroupfs",
      "events-backend": "file",
    }),
    "system",
    "service",
    "--time=0",
    `unix://${socketPath}`,
  ];
  return {
    product: "podman",
    packages,
    program: "unshare",
    args: [
      "--mount",
      "--propagation",
      "private",
      "sh",
      "-c",
      ENTER_USERLAND,
      "sh",
      packages.root,
      ...podman,
    ],
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      TMPDIR: "/var/tmp",
      CONTAINERS_REGISTRIES_CONF: registriesFile,
      PODMAN_IGNORE_CGROUPSV1_WARNING: "1",
    },
    socketPath,
    dataRoot,
  };
}

function registriesConfig(insecure: readonly string[]): string {
  const entries = insecure.map(
    (location) => `\n[[registry]]\nlocation = "${location}"\ninsecure = true\n`,
  );
  return `unqualified-search-registries = ["docker.io"]\n${entries.join("")}`;
}
