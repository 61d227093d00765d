import type { ChildProcess } from "node:child_process";
import type { RegistryCredentials } from "../ports/registry-credentials.ts";
import { CredentialsError } from "./credentials-error.ts";
import { configPath, hostOf, readConfigFile, type StoredAuth } from "./docker-config.ts";

/** Docker Hub's key in docker's configuration; every other registry's is its host. */
const HUB_KEY = "https://index.docker.io/v1/";
/** A helper gives this user name when the secret is an identity token (docker-credential-helpers, `credentials.go`). */
const IDENTITY_TOKEN_USER = "<token>";
const HELPER_TIMEOUT_MS = 60_000;

/**
 * What docker's configuration in a folder and its credential helpers know for a registry host; undefined where nothing is
 * stored.
 */
export async function findCredentials(
  configDir: string,
  registry: string,
): Promise<RegistryCredentials | undefined> {
  const config = await readConfigFile(configDir);
  const key = credentialsKey(registry);
  const helper =
    config.credHelpers?.[key] ?? config.credHelpers?.[hostOf(key)] ?? config.credsStore;
  if (helper) return askHelper(helper, key);
  const stored = storedCredentials(config.auths ?? {}, key);
  return stored === undefined ? undefined : { ...stored, source: configPath(configDir) };
}

/** What docker files the credentials of a registry under. */
function credentialsKey(registry: string): string {
  return registry === "docker.io" ? HUB_KEY : registry;
}

/** Configurations in use name a registry with and without scheme and path. */
function storedCredentials(
  auths: Readonly<Record<string, StoredAuth>>,
  key: string,
): Omit<RegistryCredentials, "source"> | undefined {
  const name = key in auths ? key : Object.keys(auths).find((each) => hostOf(each) === hostOf(key));
  const stored = name === undefined ? undefined : auths[name];
  if (stored === undefined) return undefined;
  const { auth, identitytoken, registrytoken } = stored;
  const [user, ...rest] = auth ? Buffer.from(auth, "base64").toString("utf8").split(":") : [];
  const username = stored.username ?? user;
  const password = stored.password ?? (auth ? rest.join(":").replace(/\0+$/, "") : undefined);
  if (identitytoken)
    return { ...(username === undefined ? {} : { username }), identityToken: identitytoken };
  if (registrytoken) return { registryToken: registrytoken };
  return username && password !== undefined ? { username, password } : undefined;
}

/** Asks `docker-credential-NAME get`; undefined where it knows nothing of the registry. */
async function askHelper(name: string, key: string): Promise<RegistryCredentials | undefined> {
  const program = `docker-credential-${name}`;
  const problem = (detail: string) => new CredentialsError(program, detail);
  if (!/^[\w.-]+$/.test(name)) throw problem("its name is not that of a program");
  const answer = await runHelper(program, key).catch((error: unknown) => {
    throw problem(error instanceof Error ? error.message : String(error));
  });
  if (answer.status !== 0) {
    // The one failure that is an answer, told apart by its text alone (docker-credential-helpers, `error.go`).
    if (answer.stdout.trim() === "credentials not found in native keychain") return undefined;
    throw problem(`it ended with status ${answer.status} when asked about ${key}`);
  }
  const { Username: username, Secret: secret } = parseAnswer(answer.stdout) ?? {};
  if (typeof username !== "string" || typeof secret !== "string") {
    throw problem(`its answer about ${key} holds no credentials`);
  }
  if (secret === "") return undefined;
  return username === IDENTITY_TOKEN_USER
    ? { identityToken: secret, source: program }
    : { username, password: secret, source: program };
}

function parseAnswer(text: string): { Username?: unknown; Secret?: unknown } | undefined {
  try {
    return JSON.parse(text) as { Username?: unknown; Secret?: unknown };
  } catch {
    return undefined;
  }
}

function runHelper(
  program: string,
  input: string,
): Promise<{ status: number | null; stdout: string }> {
  const { spawn } = process.getBuiltinModule("node:child_process");
  return new Promise((resolve, reject) => {
    // Its standard error is the terminal's: helpers ask for passphrases there.
    const child: ChildProcess = spawn(program, ["get"], {
      stdio: ["pipe", "pipe", "inherit"],
      timeout: HELPER_TIMEOUT_MS,
    });
    let stdout = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stdout }));
    // A helper that ends before it has read its input is judged by its status.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}
