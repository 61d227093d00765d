import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import { findCertificates } from "./find-certificates.ts";

function folderWith(files: readonly string[]): string {
  const folder = scratchFolder();
  for (const file of files) {
    const path = join(folder, file);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, file);
  }
  return folder;
}

test("authorities of all folders, and the first pair", async () => {
  const one = folderWith(["host:5000/ca.crt", "host:5000/other.crt", "elsewhere/ca.crt"]);
  const two = folderWith(["host:5000/client.cert", "host:5000/client.key", "all.pem"]);
  const folders = [one, two, join(one, "nosuch")];
  expect(await findCertificates({ folders, caFile: join(two, "all.pem") }, "host:5000")).toEqual({
    ca: ["all.pem", "host:5000/ca.crt", "host:5000/other.crt"],
    cert: "host:5000/client.cert",
    key: "host:5000/client.key",
  });
});

test("nothing is nothing", async () => {
  expect(await findCertificates({ folders: ["/nosuch"] }, "host")).toEqual({ ca: [] });
});

test.each([
  [["host/client.cert"], undefined, "client.key is missing"],
  [[], "/nosuch/ca.pem", "there is no such file"],
])("%j", async (files, caFile, detail) => {
  const folders = [folderWith(files)];
  const found = findCertificates({ folders, ...(caFile ? { caFile } : {}) }, "host");
  await expect(found).rejects.toMatchObject({ detail: expect.stringContaining(detail) });
});
