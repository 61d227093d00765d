import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { askCluster } from "../../src/kubernetes/ask-cluster.ts";
import { startFakeCluster, type FakeCluster } from "../fakes/kubernetes/fake-cluster.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { createScratchFolder, discardScratchFolder } from "../harness/scratch-folder.ts";
import { makeTlsCertificates, type TlsCertificates } from "../harness/tls-certificates.ts";

const TOKEN = "a-token";
const POD = {
  metadata: { namespace: "shop", name: "web" },
  spec: { containers: [{ image: "host:5000/app:1" }] },
};

let certificates: TlsCertificates;
const folder = createScratchFolder();
beforeAll(async () => {
  certificates = await makeTlsCertificates(folder);
});
const running: FakeCluster[] = [];
const stopAll = () => Promise.all(running.splice(0).map((cluster) => cluster.stop()));
afterEach(stopAll);
afterAll(async () => {
  await stopAll();
  await discardScratchFolder(folder);
});

async function start(who: { token?: string; clientName?: string }): Promise<FakeCluster> {
  const cluster = await startFakeCluster({
    ...who,
    tls: {
      cert: readFileSync(certificates.server.certFile, "utf8"),
      key: readFileSync(certificates.server.keyFile, "utf8"),
      clientCa: readFileSync(certificates.caFile, "utf8"),
    },
  });
  running.push(cluster);
  cluster.objects.set("/api/v1/pods", [POD]);
  return cluster;
}

interface KubeconfigParts {
  readonly server: string;
  readonly cluster?: object;
  readonly user?: object;
  readonly context?: string;
}

/** As kubectl writes it; JSON is YAML. */
function kubeconfig({ server, cluster, user = {}, context = "prod" }: KubeconfigParts): string {
  const path = join(scratchFolder(), "config");
  const file = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: `cluster-of-${context}`,
        cluster: cluster ?? { server, "certificate-authority": certificates.caFile },
      },
    ],
    users: [{ name: `user-of-${context}`, user }],
    contexts: [
      {
        name: context,
        context: { cluster: `cluster-of-${context}`, user: `user-of-${context}` },
      },
    ],
    "current-context": context,
  };
  writeFileSync(path, JSON.stringify(file));
  return path;
}

const ask = (contextName: string, ...kubeconfigs: string[]) =>
  askCluster({
    contextName,
    kubeconfigs,
    environment: { PATH: process.env["PATH"], GREETING: "hello" },
    signal: new AbortController().signal,
  });

/** A credential plug-in, with what it is asked in its environment. */
function plugin(script: string): object {
  const path = join(scratchFolder(), "plugin");
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return {
    exec: {
      apiVersion: "client.authentication.k8s.io/v1",
      command: path,
      args: ["one"],
      env: [{ name: "OWN", value: "set" }],
      interactiveMode: "IfAvailable",
      provideClusterInfo: true,
    },
  };
}

const credential = (status: object): string =>
  JSON.stringify({ apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status });

describe("a user that the cluster lets in", () => {
  const users: readonly [string, { token?: string; clientName?: string }, () => object][] = [
    ["with a token", { token: TOKEN }, () => ({ token: TOKEN })],
    [
      "with a file that holds the token",
      { token: TOKEN },
      () => {
        const path = join(scratchFolder(), "token");
        writeFileSync(path, `${TOKEN}\n`);
        return { tokenFile: path };
      },
    ],
    [
      "with a certificate in files",
      { clientName: "client" },
      () => ({
        "client-certificate": certificates.client.certFile,
        "client-key": certificates.client.keyFile,
      }),
    ],
    [
      "with a certificate in the file itself",
      { clientName: "client" },
      () => ({
        "client-certificate-data": readFileSync(certificates.client.certFile).toString("base64"),
        "client-key-data": readFileSync(certificates.client.keyFile).toString("base64"),
      }),
    ],
    [
      "with a plug-in that makes a token",
      { token: TOKEN },
      () => plugin(`echo '${credential({ token: TOKEN })}'`),
    ],
    [
      "with a plug-in that makes a certificate",
      { clientName: "client" },
      () => {
        const path = join(scratchFolder(), "credential.json");
        const clientCertificateData = readFileSync(certificates.client.certFile, "utf8");
        const clientKeyData = readFileSync(certificates.client.keyFile, "utf8");
        writeFileSync(path, credential({ clientCertificateData, clientKeyData }));
        return plugin(`cat ${path}`);
      },
    ],
    [
      "with a plug-in that is told what it is asked for",
      { token: TOKEN },
      () =>
        plugin(
          [
            `case "$1 $OWN $GREETING $KUBERNETES_EXEC_INFO" in`,
            `"one set hello "*'"interactive":false'*'"server":"https://'*) echo '${credential({ token: TOKEN })}';;`,
            "esac",
          ].join("\n"),
        ),
    ],
  ];
  test.each(users)("%s", async (_, who, makeUser) => {
    const { url } = await start(who);
    const host = await ask("prod", kubeconfig({ server: url, user: makeUser() }));
    expect(host).toMatchObject({
      name: "kubernetes:prod",
      complete: true,
      names: [{ reference: "host:5000/app:1", users: [{ kind: "pod", name: "shop/web" }] }],
    });
  });
});

test("several files are read as one, and one that is not there does not matter", async () => {
  const { url } = await start({ token: TOKEN });
  const other = kubeconfig({ server: "https://127.0.0.1:1", context: "other" });
  const own = kubeconfig({ server: url, user: { token: TOKEN } });
  const host = await ask("prod", "/nowhere/config", other, own);
  expect(host.complete).toBe(true);
});

/** A proxy that tunnels to wherever it is told to; answers how often it was. */
async function startProxy(): Promise<{ url: string; tunnels: () => number }> {
  let tunnels = 0;
  const proxy = createServer((_, response) => response.writeHead(405).end());
  proxy.on("connect", ({ url = "" }, client: Socket) => {
    tunnels += 1;
    const { hostname, port } = new URL(`http://${url}`);
    const server = connect(Number(port), hostname, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      server.pipe(client).pipe(server);
    });
    server.on("error", () => client.destroy());
    client.on("error", () => server.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    proxy.close();
    proxy.closeAllConnections();
  });
  const { port } = proxy.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, tunnels: () => tunnels };
}

test("a proxy that the kubeconfig names", async () => {
  const { url } = await start({ token: TOKEN });
  const proxy = await startProxy();
  const cluster = {
    server: url,
    "certificate-authority": certificates.caFile,
    "proxy-url": proxy.url,
  };
  const path = kubeconfig({ server: url, cluster, user: { token: TOKEN } });
  expect((await ask("prod", path)).problems).toEqual([]);
  expect(proxy.tunnels()).toBeGreaterThan(0);
});

test("the server's own authority is believed, and no other", async () => {
  const { url } = await start({ token: TOKEN });
  const path = kubeconfig({ server: url, user: { token: TOKEN }, cluster: { server: url } });
  const host = await ask("prod", path);
  expect(host.complete).toBe(false);
  expect(host.problems.join()).toContain("certificate");
});

test("a wrong token is no answer", async () => {
  const { url } = await start({ token: TOKEN });
  const host = await ask("prod", kubeconfig({ server: url, user: { token: "wrong" } }));
  expect(host).toMatchObject({
    complete: false,
    problems: ["the API server answered 401: Unauthorized"],
  });
});

describe("cannot be asked", () => {
  const rows: readonly [string, () => object, string][] = [
    ["a plug-in that fails", () => plugin("echo sign in first >&2; exit 7"), "sign in first"],
    ["a plug-in that prints no JSON", () => plugin("echo hello"), "printed no JSON"],
    [
      "a plug-in that gives nothing",
      () => plugin(`echo '${credential({})}'`),
      "gave no credentials",
    ],
    [
      "a plug-in that is not there",
      () => ({ exec: { command: "/nowhere/plugin" } }),
      "could not be run",
    ],
    [
      "a certificate that is not there",
      () => ({ "client-certificate": "/nowhere/cert.pem", "client-key": "/nowhere/key.pem" }),
      "ENOENT",
    ],
  ];
  test.each(rows)("%s", async (_, makeUser, detail) => {
    const path = kubeconfig({ server: "https://127.0.0.1:1", user: makeUser() });
    await expect(ask("prod", path)).rejects.toThrow(detail);
  });

  test("a context that is not there; those that are, are named", async () => {
    const path = kubeconfig({ server: "https://127.0.0.1:1" });
    await expect(ask("staging", path)).rejects.toThrow(
      `no context "staging" in ${path}: there are prod`,
    );
  });

  test("no kubeconfig at all", async () => {
    await expect(ask("prod", "/nowhere/config")).rejects.toThrow("there is no kubeconfig");
  });

  test("a file that is no kubeconfig", async () => {
    const path = join(scratchFolder(), "config");
    writeFileSync(path, "clusters: [{}]");
    await expect(ask("prod", path)).rejects.toThrow(`${path} cannot be read`);
  });

  test("a server without TLS, which would hand the token to anybody", async () => {
    const path = kubeconfig({ server: "http://127.0.0.1:1", user: { token: TOKEN } });
    await expect(ask("prod", path)).rejects.toThrow("HTTP protocol is not allowed");
  });
});

test("a plug-in that waits for somebody ends with Ctrl-C", async () => {
  const path = kubeconfig({ server: "https://127.0.0.1:1", user: plugin("sleep 600") });
  const interrupt = new AbortController();
  const asking = askCluster({
    contextName: "prod",
    kubeconfigs: [path],
    environment: { PATH: process.env["PATH"] },
    signal: interrupt.signal,
  });
  setTimeout(() => interrupt.abort(), 200);
  await expect(asking).rejects.toThrow("aborted");
});
