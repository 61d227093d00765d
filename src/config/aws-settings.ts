import { join, resolve } from "node:path";

/** Where credentials for Amazon are: those of its own tools, without those that have to be fetched first. */
export interface AwsSettings {
  readonly credentialsFile: string;
  readonly profile: string;
  /** From the environment; they win over the file. */
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly sessionToken?: string;
  /** Where ECR's interface is, in place of where the name of the registry says; a URL. */
  readonly ecrEndpoint?: string;
  /** Of that endpoint. */
  readonly region?: string;
}

/** docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html */
export function readAwsSettings(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): AwsSettings {
  const named = (name: string): string | undefined => env[name] || undefined;
  const [accessKeyId, secretAccessKey, sessionToken] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
  ].map(named);
  const ecrEndpoint = named("AWS_ENDPOINT_URL_ECR");
  const region = named("AWS_REGION") ?? named("AWS_DEFAULT_REGION");
  return {
    credentialsFile: resolve(
      named("AWS_SHARED_CREDENTIALS_FILE") ?? join(home, ".aws/credentials"),
    ),
    profile: named("AWS_PROFILE") ?? "default",
    ...(accessKeyId === undefined ? {} : { accessKeyId }),
    ...(secretAccessKey === undefined ? {} : { secretAccessKey }),
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(ecrEndpoint === undefined ? {} : { ecrEndpoint }),
    ...(region === undefined ? {} : { region }),
  };
}
