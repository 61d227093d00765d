import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CredentialsError } from "./credentials-error.ts";

/** Of docker's `config.json`, what is about registries. */
export interface ConfigFile {
  readonly auths?: Readonly<Record<string, StoredAuth>>;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
}

export interface StoredAuth {
  /** base64 of `user:password`. */
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

export function configPath(configDir: string): string {
  return join(configDir, "config.json");
}

/** An absent file says nothing. */
export async function readConfigFile(configDir: string): Promise<ConfigFile> {
  const path = configPath(configDir);
  try {
    return (JSON.parse(await readFile(path, "utf8")) ?? {}) as ConfigFile;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return {};
    // The parser's own message would quote the file, and with it perhaps a secret.
    const detail = cause instanceof SyntaxError ? "it is not JSON" : String(cause);
    throw new CredentialsError(path, detail);
  }
}

/** The host of a key: `https://host:5000/v1/` is `host:5000`. */
export function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
}
