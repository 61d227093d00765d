import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "./run-command.ts";

export interface KeyPair {
  certFile: string;
  keyFile: string;
}

export interface TlsCertificates {
  caFile: string;
  /** Valid for localhost and 127.0.0.1. */
  server: KeyPair;
  client: KeyPair;
}

/** A certificate authority of one day and the two certificates it signs, named as docker contexts name them. */
export async function makeTlsCertificates(folder: string): Promise<TlsCertificates> {
  await mkdir(folder, { recursive: true });
  const authority: KeyPair = {
    certFile: join(folder, "ca.pem"),
    keyFile: join(folder, "ca-key.pem"),
  };
  await openssl("req -x509 -newkey rsa:2048 -nodes -days 1", {
    subj: "/CN=plimsoll test authority",
    keyout: authority.keyFile,
    out: authority.certFile,
  });
  const server = await issue(folder, "server", authority, [
    "subjectAltName=DNS:localhost,IP:127.0.0.1",
    "extendedKeyUsage=serverAuth",
  ]);
  const client = await issue(folder, "client", authority, ["extendedKeyUsage=clientAuth"]);
  return { caFile: authority.certFile, server, client };
}

async function issue(
  folder: string,
  name: string,
  authority: KeyPair,
  extensions: string[],
): Promise<KeyPair> {
  const prefix = name === "client" ? "" : `${name}-`;
  const pair = {
    certFile: join(folder, `${prefix}cert.pem`),
    keyFile: join(folder, `${prefix}key.pem`),
  };
  const requestFile = join(folder, `${name}.csr`);
  const extensionsFile = join(folder, `${name}.ext`);
  await writeFile(extensionsFile, extensions.join("\n"));
  await openssl("req -newkey rsa:2048 -nodes", {
    subj: `/CN=${name}`,
    keyout: pair.keyFile,
    out: requestFile,
  });
  await openssl("x509 -req -days 1 -CAcreateserial", {
    in: requestFile,
    extfile: extensionsFile,
    CA: authority.certFile,
    CAkey: authority.keyFile,
    out: pair.certFile,
  });
  return pair;
}

function openssl(command: string, options: Record<string, string>): Promise<string> {
  const pairs = Object.entries(options).flatMap(([name, value]) => [`-${name}`, value]);
  return runCommand("openssl", [...command.split(" "), ...pairs]);
}
