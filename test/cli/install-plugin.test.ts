import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { scratchFolder } from "../fakes/scratch-folder.ts";
import { cli } from "./cli-harness.ts";

test("writes a launcher of this installation into docker's plug-in folder, once", async () => {
  const dockerConfig = scratchFolder();
  const context = { folders: { state: "/state", cache: "/cache", dockerConfig } };
  const path = join(dockerConfig, "cli-plugins/docker-plimsoll");

  const first = await cli(["install-plugin"], context);
  expect(first).toMatchObject({ code: 0, stderr: "" });
  expect(first.stdout).toContain(`To remove it: rm ${path}`);
  expect(readFileSync(path, "utf8")).toMatch(
    /^#!\/bin\/sh\n# .+\nexec \/usr\/bin\/node \/opt\/plimsoll\/bin\/plimsoll\.cjs "\$@"\n$/,
  );
  expect(statSync(path).mode & 0o777).toBe(0o755);
  expect((await cli(["install-plugin"], context)).stdout).toContain("is there already");
});

test("renews a launcher of another installation, and leaves a foreign file alone", async () => {
  const folder = scratchFolder();
  const path = join(folder, "docker-plimsoll");
  await cli(["install-plugin", "--dir", folder]);
  writeFileSync(path, readFileSync(path, "utf8").replace("/opt", "/old"));
  expect((await cli(["install-plugin", "--dir", folder])).stdout).toContain("written");
  expect(readFileSync(path, "utf8")).toContain("/opt/plimsoll");

  writeFileSync(path, "#!/bin/sh\necho mine\n");
  const { code, stderr } = await cli(["install-plugin", "--dir", folder]);
  expect(code).toBe(1);
  expect(stderr).toContain("is not Plimsoll's, and is left alone");
  expect(readFileSync(path, "utf8")).toBe("#!/bin/sh\necho mine\n");
});
