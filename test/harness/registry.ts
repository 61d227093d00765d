import { mkdir, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { DaemonProcess } from "./daemon-process.ts";
import { packageSet } from "./debian-packages.ts";
import { freeLoopbackPort } from "./free-port.ts";
import { runCommand } from "./run-command.ts";
import type { KeyPair } from "./tls-certificates.ts";
import { createScratchFolder, discardScratchFolder } from "./scratch-folder.ts";

const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 5_000;

export interface RunningRegistry {
  /** `127.0.0.1:PORT`, as it stands in references. */
  address: string;
  url: string;
  /** Root of its file system storage. */
  storageRoot: string;
  /** Its own garbage collection, by another process, as operators run it. */
  collect(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface RegistryOptions {
  /** Only this user gets in: `someone` with the password `secret`. */
  basicAuth?: boolean;
  tls?: KeyPair;
  /** Only clients with a certificate of this authority get in. */
  clientCaFile?: string;
  /** Default true. */
  deletion?: boolean;
  /** Remembers which blobs it has, as its own example configuration says. */
  remembers?: boolean;
  /** Told of pushes, pulls and deletions. */
  notifications?: string;
}

export const REGISTRY_USER = { username: "someone", password: "secret" } as const;
/** bcrypt of that password: the only kind that docker-registry takes. */
const PASSWORD_HASH = "$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a";

/** Debian's docker-registry on a loopback port; over plain HTTP, open, and with deletion allowed unless told otherwise. */
export async function startRegistry(options: RegistryOptions = {}): Promise<RunningRegistry> {
  const folder = createScratchFolder();
  try {
    const { root } = await packageSet("docker-registry");
    const address = `127.0.0.1:${await freeLoopbackPort()}`;
    const storageRoot = join(folder, "storage");
    await mkdir(storageRoot);
    const passwords = join(folder, "htpasswd");
    await writeFile(passwords, `${REGISTRY_USER.username}:${PASSWORD_HASH}\n`);
    const { basicAuth, tls, clientCaFile, deletion = true, notifications, remembers } = options;
    const clientCas = clientCaFile ? { clientcas: [clientCaFile] } : {};
    const endpoint = {
      name: "test",
      url: notifications,
      timeout: "1s",
      threshold: 3,
      backoff: "1s",
    };
    const config = {
      version: "0.1",
      log: { level: "warn" },
      storage: {
        filesystem: { rootdirectory: storageRoot },
        delete: { enabled: deletion },
        ...(remembers ? { cache: { blobdescriptor: "inmemory" } } : {}),
      },
      http: {
        addr: address,
        ...(tls ? { tls: { certificate: tls.certFile, key: tls.keyFile, ...clientCas } } : {}),
      },
      ...(basicAuth ? { auth: { htpasswd: { realm: "test", path: passwords } } } : {}),
      ...(notifications ? { notifications: { endpoints: [endpoint] } } : {}),
    };
    // JSON is YAML.
    const configFile = join(folder, "registry.yml");
    await writeFile(configFile, JSON.stringify(config));
    const program = join(root, "usr/bin/docker-registry");
    const env = { PATH: process.env.PATH, HOME: folder };
    const start = async (): Promise<DaemonProcess> => {
      const logFile = join(folder, "registry.log");
      const started = new DaemonProcess(program, ["serve", configFile], { env, logFile });
      await started.waitUntilReady(() => listens(address), READY_TIMEOUT_MS);
      return started;
    };
    const url = `${tls ? "https" : "http"}://${address}`;
    let daemon = await start();
    return {
      address,
      url,
      storageRoot,
      collect: async () =>
        void (await runCommand(program, ["garbage-collect", configFile], { env })),
      restart: async () => {
        await daemon.terminate(STOP_TIMEOUT_MS);
        daemon = await start();
      },
      stop: async () => {
        await daemon.terminate(STOP_TIMEOUT_MS);
        await discardScratchFolder(folder);
      },
    };
  } catch (error) {
    await discardScratchFolder(folder);
    throw error;
  }
}

function listens(address: string): Promise<boolean> {
  const { hostname, port } = new URL(`http://${address}`);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
    setTimeout(() => socket.destroy(), 1000).unref();
    socket.once("connect", () => socket.destroy());
  });
}
