import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commandOptions } from "./command-options.ts";
import { packageSet } from "./debian-packages.ts";
import { runsAsRoot } from "./engine-kinds.ts";
import type { EngineLaunch, LaunchOptions } from "./engine-launch.ts";
import { runCommand } from "./run-command.ts";

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
  const socketPath = join(folder, "podman.sock");
  const dataRoot = join(folder, "root");
  const etc = join(folder, "etc");
  const settings = join(etc, "containers");
  for (const path of ["tmp", "run", "networks", "etc/containers"])
    await mkdir(join(folder, path), { recursive: true });
  await writeFile(join(settings, "policy.json"), '{"default":[{"type":"insecureAcceptAnything"}]}');
  const registries = registriesConfig(options.insecureRegistries ?? []);
  await writeFile(join(settings, "registries.conf"), registries);
  await writeFile(join(settings, "containers.conf"), await containersConfig());

  const service = [
    ...commandOptions({
      root: dataRoot,
      runroot: join(folder, "run"),
      tmpdir: join(folder, "libpod"),
      "network-config-dir": join(folder, "networks"),
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
    // Podman brings no docker CLI; the newest one speaks to it.
    cliPackages: await packageSet("docker-latest"),
    ...(runsAsRoot() ? await fromDebian(etc, service) : await installed(service)),
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      TMPDIR: join(folder, "tmp"),
      XDG_RUNTIME_DIR: join(folder, "run"),
      CONTAINERS_CONF_OVERRIDE: join(settings, "containers.conf"),
      CONTAINERS_REGISTRIES_CONF: join(settings, "registries.conf"),
      PODMAN_IGNORE_CGROUPSV1_WARNING: "1",
    },
    socketPath,
    dataRoot,
  };
}

type PodmanCommand = Pick<EngineLaunch, "versions" | "program" | "args">;

async function fromDebian(etc: string, service: readonly string[]): Promise<PodmanCommand> {
  const { root, versions } = await packageSet("podman");
  const script = ["sh", "-c", ENTER_USERLAND, "sh", root, etc, "/usr/bin/podman", ...service];
  return { versions, program: "unshare", args: ["--mount", "--propagation=private", ...script] };
}

async function installed(service: readonly string[]): Promise<PodmanCommand> {
  const version = (await runCommand("podman", ["--version"])).trim().split(" ").at(-1) ?? "unknown";
  return { versions: { podman: version }, program: "podman", args: [...service] };
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
