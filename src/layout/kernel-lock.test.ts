import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import { takeLock } from "./kernel-lock.ts";

test("a lock that is taken while another one here makes its file is one for other processes too", async () => {
  const folder = scratchFolder();
  const files = Array.from({ length: 50 }, (_, at) => join(folder, `${at}.lock`));
  const taken = await Promise.all(
    files.flatMap((file) => [takeLock(file, "shared", 0), takeLock(file, "shared", 0)]),
  );
  const source = `import { takeLock } from ${JSON.stringify(join(import.meta.dirname, "kernel-lock.ts"))};
    for (const file of ${JSON.stringify(files)})
      if ((await takeLock(file, "exclusive", 0)) !== undefined) console.log(file);`;
  const { status, stdout } = spawnSync(
    process.execPath,
    ["--input-type=module", "--eval", source],
    { encoding: "utf8" },
  );
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
  for (const unlock of taken) unlock?.();
});

test.each(["shared", "exclusive"] as const)("a file that is no lock is told (%s)", async (mode) => {
  const file = join(scratchFolder(), "lock");
  writeFileSync(file, "these are not the bytes of a lock\n".repeat(30));
  await expect(takeLock(file, mode, 0)).rejects.toMatchObject({
    kind: "io",
    detail: expect.stringMatching(/^it cannot be locked: /),
  });
});
