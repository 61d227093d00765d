import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commandOptions } from "./command-options.ts";
import { packageSet } from "./debian-packages.ts";
import type { EngineLaunch, LaunchOptions } from "./engine-launch.ts";

/**
 * The newest Podman needs the userland it was built for, so it gets it as `/usr` in a mount namespace of its own, with
 * its settings laid over `/etc`. There it also sees the machine's version 1 control groups alone, where the machine
 * has both: crun refuses the mix.
 */
const ENTER_USERLAND = `
  set -e
  if mountpoint -q /sys/fs/cgroup/unified; then umount /sys/fs/cgroup/unified; fi
  mount -t overlay -o lowerdir="$2:/etc" overlay /etc
  mount --bind "$1/usr" /usr
  shift 2
  exec "$@"`;

export async function podmanLaunch(folder: string, options: LaunchOptions): Promise<EngineLaunch> {
  if (options.tls === true) throw new Error("the harness starts Podman without TLS");
  const packages = await packageSet("podman");
  const socketPath = join(folder, "podman.sock");
  const dataRoot = join(folder, "root");
  const networks = join(folder, "networks");
  await mkdir(networks);
  const tmp = join(folder, "tmp");
  await mkdir(tmp);

  const etc = join(folder, "etc");
  const settings = join(etc, "containers");
  await mkdir(settings, { recursive: true });
  await writeFile(join(settings, "policy.json"), '{"default":[{"type":"insecureAcceptAnything"}]}');
  await writeFile(
    join(settings, "registries.conf"),
    registriesConfig(options.insecureRegistries ?? []),
  );
  await writeFile(join(settings, "containers.conf"), await containersConfig());

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
      etc,
      ...podman,
    ],
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      TMPDIR: tmp,
      PODMAN_IGNORE_CGROUPSV1_WARNING: "1",
    },
    socketPath,
    dataRoot,
  };
}

/** Podman would raise the limits of containers, which a sandbox may refuse even to root: the machine's own will do. */
async function containersConfig(): Promise<string> {
  const limits = await readFile("/proc/self/limits", "utf8");
  const hard = (name: string) =>
    limits.match(new RegExp(`^${name} +\\S+ +(\\S+)`, "m"))?.[1]?.replace("unlimited", "-1");
  const ulimits = [`nofile=${hard("Max open files")}`, `nproc=${hard("Max processes")}`];
  return `[containers]\ndefault_ulimits = ${JSON.stringify(ulimits)}\n`;
}

function registriesConfig(insecure: readonly string[]): string {
  const entries = insecure.map(
    (location) => `\n[[registry]]\nlocation = "${location}"\ninsecure = true\n`,
  );
  return `unqualified-search-registries = ["docker.io"]\n${entries.join("")}`;
}
