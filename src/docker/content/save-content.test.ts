import { expect, test } from "vitest";
import type { Engine } from "../../inventory/inventory.ts";
import type { Digest } from "../../oci/digest.ts";
import type { EngineClient } from "../connection/engine-client.ts";
import { SavedImageContent } from "./save-content.ts";

const CONFIG: Digest = `sha256:${"c".repeat(64)}`;
const LOWER: Digest = `sha256:${"1".repeat(64)}`;
const UPPER: Digest = `sha256:${"2".repeat(64)}`;
const OPTIONS = { isWanted: () => true, signal: new AbortController().signal };

function docker(version: string): Engine {
  const apiVersion = "1.51";
  return { product: "docker", version, apiVersion, imageStore: "graphdriver", rootDir: "/" };
}

test.each([
  ["28.5.2", [LOWER, UPPER, LOWER], 0],
  ["28.5.2", [LOWER, UPPER], 1],
  ["20.10.24", [LOWER, UPPER, LOWER], 1],
])("Docker %s, asked for an image of %j: %i saves", async (version, diffIds, saves) => {
  const asked: string[] = [];
  const client: Pick<EngineClient, "address" | "getJson" | "download"> = {
    address: "unix:///engine",
    getJson: () => Promise.reject(new Error("not asked for")),
    async *download(method, path) {
      asked.push(`${method} ${path}`);
      yield Buffer.alloc(1024); // the end of a tar
    },
  };
  const saved = new SavedImageContent(client, docker(version));
  const parts = saved.readContent(CONFIG, { kind: "config", config: CONFIG, diffIds }, OPTIONS);
  const read = (async () => {
    for await (const { digest } of parts) expect.unreachable(`${digest} is not in the archive`);
  })();
  if (saves === 0) await expect(read).rejects.toThrow(/same layer twice/);
  else await read;
  expect(asked).toHaveLength(saves);
});
