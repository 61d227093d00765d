import { readFileSync } from "node:fs";

/** Mount points below `folder`, deepest and latest first: the order in which they can be unmounted. */
export function mountsBelow(folder: string): string[] {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8")
    .trim()
    .split("\n")
    .map((line) => unescapeOctal(line.split(" ")[4] ?? ""));
  return mounts.filter((mount) => mount.startsWith(`${folder}/`)).toReversed();
}

/** mountinfo writes space, tab, newline and backslash as `\ooo`; see proc_pid_mountinfo(5). */
function unescapeOctal(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
