import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { scratchDirectory, scratchLayout } from "../../test/harness/scratch-layout.ts";
import { readSettings } from "../config/read-settings.ts";
import { openLayoutTarget } from "./open-layout-target.ts";

test("a layout is never the recovery bin of its own images, whatever name it goes by", async () => {
  const { directory } = scratchLayout();
  const home = scratchDirectory();
  const link = join(home, "link");
  symlinkSync(directory, link);
  const settings = readSettings({ HOME: home, PLIMSOLL_BIN: link }, home);
  const { signal } = new AbortController();
  const options = { settings, clock: Date.now, signal, notify: () => undefined };
  const session = await openLayoutTarget(directory, options);
  for (const named of [undefined, directory, `${link}/.`]) {
    await expect(session.recovery?.viewBin(named)).rejects.toMatchObject({ kind: "own-bin" });
    await expect(session.recovery?.openBin(named)).rejects.toMatchObject({ kind: "own-bin" });
  }
  expect((await session.recovery?.openBin(join(directory, "bin")))?.location).toBe(
    join(directory, "bin"),
  );
  await session.close();
});
