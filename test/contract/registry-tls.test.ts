import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { startRegistry, type RunningRegistry } from "../harness/registry.ts";
import { createScratchFolder, discardScratchFolder } from "../harness/scratch-folder.ts";
import { makeTlsCertificates, type TlsCertificates } from "../harness/tls-certificates.ts";
import { openSession } from "./contract-session.ts";

let folder: string;
let certificates: TlsCertificates;
let registry: RunningRegistry;
beforeAll(async () => {
  folder = createScratchFolder();
  certificates = await makeTlsCertificates(folder);
  registry = await startRegistry({
    tls: certificates.server,
    clientCaFile: certificates.caFile,
  });
});
afterAll(async () => {
  await registry.stop();
  await discardScratchFolder(folder);
});

/** The user's folder of certificates, as docker has it, with these files for the registry. */
function configWith(files: Readonly<Record<string, string>>): string {
  const home = scratchFolder();
  const own = join(home, "docker/certs.d", registry.address);
  mkdirSync(own, { recursive: true });
  for (const [name, file] of Object.entries(files)) copyFileSync(file, join(own, name));
  return home;
}

const look = async (environment: NodeJS.ProcessEnv) => {
  const session = await openSession(`registry://${registry.address}`, { environment });
  return session.look();
};

test("an authority and a client's certificate of docker's folder", async () => {
  const { caFile, client } = certificates;
  const files = { "ca.crt": caFile, "client.cert": client.certFile, "client.key": client.keyFile };
  expect((await look({ XDG_CONFIG_HOME: configWith(files) })).complete).toBe(true);
});

test("an authority of the environment", async () => {
  const { client, caFile } = certificates;
  const files = { "client.cert": client.certFile, "client.key": client.keyFile };
  const environment = { XDG_CONFIG_HOME: configWith(files), PLIMSOLL_REGISTRY_CA: caFile };
  expect((await look(environment)).images).toEqual([]);
});

test("without an authority nothing is said, on this machine neither", async () => {
  await expect(look({ XDG_CONFIG_HOME: configWith({}) })).rejects.toMatchObject({
    name: "RegistryError",
    kind: "tls",
  });
});

test("without a client's certificate the server refuses", async () => {
  const environment = { XDG_CONFIG_HOME: configWith({ "ca.crt": certificates.caFile }) };
  await expect(look(environment)).rejects.toMatchObject({ name: "RegistryError", kind: "tls" });
});
