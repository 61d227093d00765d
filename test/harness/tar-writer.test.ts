import { expect, it } from "vitest";
import { runCommand } from "./run-command.ts";
import { tarArchive } from "./tar-writer.ts";

it("writes what tar reads", async () => {
  const archive = tarArchive([
    { kind: "directory", name: "bin" },
    { kind: "file", name: "bin/run", content: Buffer.alloc(513, "x"), mode: 0o755 },
    { kind: "file", name: "empty", content: Buffer.alloc(0) },
    { kind: "symlink", name: "link", target: "bin/run" },
  ]);
  const listing = await runCommand("tar", ["--list", "--verbose", "--file=-"], {
    input: archive,
    env: { ...process.env, TZ: "UTC" },
  });
  expect(listing.trim().split("\n")).toEqual([
    expect.stringMatching(/^drwxr-xr-x 0\/0 +0 1970-01-01 00:00 bin$/),
    expect.stringMatching(/^-rwxr-xr-x 0\/0 +513 1970-01-01 00:00 bin\/run$/),
    expect.stringMatching(/^-rw-r--r-- 0\/0 +0 1970-01-01 00:00 empty$/),
    expect.stringMatching(/^lrwxrwxrwx 0\/0 +0 1970-01-01 00:00 link -> bin\/run$/),
  ]);
});

it("refuses a name that does not fit", () => {
  expect(() => tarArchive([{ kind: "directory", name: "x".repeat(101) }])).toThrow("name too long");
});
