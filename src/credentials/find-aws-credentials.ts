import { readFile } from "node:fs/promises";

import type { AwsCredentials } from "../ports/registry-credentials.ts";
import { CredentialsError } from "./credentials-error.ts";

/** What the environment says, and where Amazon's own tools keep the rest. */
export interface AwsPlaces extends Partial<AwsCredentials> {
  readonly credentialsFile: string;
  readonly profile: string;
}

/**
 * Keys from the environment, else from the profile in the credentials file
 * (docs.aws.amazon.com/sdkref/latest/guide/file-format.html). Undefined where neither has both keys.
 */
export async function findAwsCredentials({
  credentialsFile,
  profile,
  accessKeyId,
  secretAccessKey,
  sessionToken,
}: AwsPlaces): Promise<AwsCredentials | undefined> {
  const known = complete({ accessKeyId, secretAccessKey, sessionToken });
  if (known !== undefined) return known;
  const values = readProfile(await readText(credentialsFile), profile);
  return complete({
    accessKeyId: values.get("aws_access_key_id"),
    secretAccessKey: values.get("aws_secret_access_key"),
    sessionToken: values.get("aws_session_token"),
  });
}

function complete({
  accessKeyId,
  secretAccessKey,
  sessionToken,
}: {
  readonly [K in keyof AwsCredentials]?: AwsCredentials[K] | undefined;
}): AwsCredentials | undefined {
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

/** An absent file says nothing. */
async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw new CredentialsError(path, String(cause));
  }
}

/** INI: `[profile]`, and `key = value` below it. */
function readProfile(text: string, profile: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let isAsked = false;
  for (const line of text.split("\n")) {
    const section = /^\s*\[\s*(.+?)\s*\]\s*$/.exec(line)?.[1];
    if (section !== undefined) isAsked = section === profile;
    const [, key, value] = /^\s*(\w+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (isAsked && key !== undefined && value !== undefined) values.set(key.toLowerCase(), value);
  }
  return values;
}
