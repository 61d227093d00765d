import type { ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { EngineError } from "./engine-error.ts";

/** Docker Hub's key in docker's configuration; every other registry's is its host. */
const HUB_KEY = "https://index.docker.io/v1/";
/** A helper gives this user name when the secret is an identity token (docker-credential-helpers, `credentials.go`). */
const IDENTITY_TOKEN_USER = "<token>";
const HELPER_TIMEOUT_MS = 60_000;

interface ConfigFile {
  readonly auths?: Readonly<Record<string, StoredAuth>>;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
}

interface StoredAuth {
  /** base64 of `user:password`. */
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

/** What a registry is told; the names are the API's. */
type Credentials = Readonly<
  Partial<
    Record<"username" | "password" | "serveraddress" | "identitytoken" | "registrytoken", string>
  >
>;

/**
 * The `X-Registry-Auth` header for a registry host, from the docker configuration in a folder and its credential helpers;
 * an empty one where nothing is stored. Secrets go nowhere else.
 */
export async function registryAuthHeader(configDir: string, registry: string): Promise<string> {
  const config = await readConfigFile(join(configDir, "config.json"));
  const key = registry === "docker.io" ? HUB_KEY : registry;
  const helper =
    config.credHelpers?.[key] ?? config.credHelpers?.[hostOf(key)] ?? config.credsStore;
  const found = helper ? await askHelper(helper, key) : storedCredentials(config.auths ?? {}, key);
  const credentials: Credentials = found === undefined ? {} : { ...found, serveraddress: key };
  // base64url with its padding, as the engine's decoder wants it.
  const base64 = Buffer.from(JSON.stringify(credentials)).toString("base64");
  return base64.replaceAll("+", "-").replaceAll("/", "_");
}

async function readConfigFile(path: string): Promise<ConfigFile> {
  try {
    return (JSON.parse(await readFile(path, "utf8")) ?? {}) as ConfigFile;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return {};
    // The parser's own message would quote the file, and with it perhaps a secret.
    const detail = cause instanceof SyntaxError ? "it is not JSON" : String(cause);
    throw new EngineError("credentials", { address: path, detail });
  }
}

/** Configurations in use name a registry with and without scheme and path. */
function storedCredentials(
  auths: Readonly<Record<string, StoredAuth>>,
  key: string,
): Credentials | undefined {
  const name = key in auths ? key : Object.keys(auths).find((each) => hostOf(each) === hostOf(key));
  const stored = name === undefined ? undefined : auths[name];
  if (stored === undefined) return undefined;
  const { auth, identitytoken, registrytoken } = stored;
  const [user, ...rest] = auth ? Buffer.from(auth, "base64").toString("utf8").split(":") : [];
  const username = stored.username ?? user;
  const password = stored.password ?? (auth ? rest.join(":").replace(/\0+$/, "") : undefined);
  if (identitytoken) return { ...(username === undefined ? {} : { username }), identitytoken };
  if (registrytoken) return { registrytoken };
  return username && password !== undefined ? { username, password } : undefined;
}

/** The host of a key: `https://host:5000/v1/` is `host:5000`. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
}

/** Asks `docker-credential-NAME get`; undefined where it knows nothing of the registry. */
async function askHelper(name: string, key: string): Promise<Credentials | undefined> {
  const program = `docker-credential-${name}`;
  const problem = (detail: string) => new EngineError("credentials", { address: program, detail });
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
    ? { identitytoken: secret }
    : { username, password: secret };
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
