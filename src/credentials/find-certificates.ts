import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { RegistryCertificates } from "../ports/registry-credentials.ts";
import { CredentialsError } from "./credentials-error.ts";

/** Where certificates for registries are kept. */
export interface CertificateFiles {
  /** With a folder for each registry in it, `host:port`, as docker and containers have them. */
  readonly folders: readonly string[];
  /** An authority for every registry, beside the system's own. */
  readonly caFile?: string;
}

/**
 * Certificates for a registry: of its folder, every `*.crt` is an authority, and `NAME.cert` with `NAME.key` is what we show
 * (docs.docker.com/engine/security/certificates). The first folder with a pair of those gives it.
 */
export async function findCertificates(
  { folders, caFile }: CertificateFiles,
  host: string,
): Promise<RegistryCertificates> {
  const ca: string[] = caFile === undefined ? [] : [await read(caFile)];
  let pair: Pick<RegistryCertificates, "cert" | "key"> = {};
  for (const folder of folders.map((each) => join(each, host))) {
    const names = await list(folder);
    for (const name of names) if (name.endsWith(".crt")) ca.push(await read(join(folder, name)));
    const certName = names.find((name) => name.endsWith(".cert"));
    if (certName === undefined || pair.cert !== undefined) continue;
    const keyName = certName.replace(/\.cert$/, ".key");
    const certFile = join(folder, certName);
    if (!names.includes(keyName))
      throw new CredentialsError(certFile, `${keyName} is missing`, "certificates");
    pair = { cert: await read(certFile), key: await read(join(folder, keyName)) };
  }
  return { ca, ...pair };
}

async function list(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).toSorted();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw new CredentialsError(folder, sayFileError(cause), "certificates");
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new CredentialsError(file, sayFileError(cause), "certificates");
  }
}

function sayFileError(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file";
  return code === "EACCES" ? "this user may not read it" : message;
}
