import { packageSet } from "./debian-packages.ts";
import { runCommand } from "./run-command.ts";

/** Debian's skopeo, which knows nothing of us. */
export async function skopeo(home: string, ...args: readonly string[]): Promise<string> {
  const { root } = await packageSet("skopeo");
  const libraries = ["x86_64", "aarch64"].map((machine) => `${root}/usr/lib/${machine}-linux-gnu`);
  const env = { PATH: process.env["PATH"], LD_LIBRARY_PATH: libraries.join(":"), HOME: home };
  return runCommand(`${root}/usr/bin/skopeo`, ["--insecure-policy", ...args], { env });
}
