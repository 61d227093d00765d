import { chmod, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import { writeBytes } from "./byte-files.ts";

async function* chunks(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("image");
}

test("a new file is its owner's only; one that is there keeps its permissions", async () => {
  const path = join(scratchFolder(), "app.tar");
  await writeBytes(path, chunks());
  expect(await readFile(path, "utf8")).toBe("image");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await chmod(path, 0o644);
  await writeBytes(path, chunks());
  expect((await stat(path)).mode & 0o777).toBe(0o644);
});
