import type { RunningEngine } from "../test/harness/engines.ts";
import { runCommand } from "../test/harness/run-command.ts";

const UNITS: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** What `docker system df` promises for images, as far as it is printed: four digits. */
export async function dockerReclaimableBytes({ cliEnv }: RunningEngine): Promise<number> {
  const args = ["system", "df", "--format", "{{.Type}}\t{{.Reclaimable}}"];
  const printed = await runCommand("docker", args, { env: cliEnv });
  const line = printed.split("\n").find((each) => each.startsWith("Images\t"));
  const [, amount, unit] = /^Images\t(-?[\d.]+(?:e[+-]?\d+)?)([kMGT]?B)\b/.exec(line ?? "") ?? [];
  const unitBytes = UNITS[unit ?? ""];
  if (amount === undefined || unitBytes === undefined)
    throw new Error(`docker system df printed ${JSON.stringify(printed)}`);
  return Number(amount) * unitBytes;
}
