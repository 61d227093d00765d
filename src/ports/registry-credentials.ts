/** What a registry is told of who asks. Secrets go nowhere else. */
export interface RegistryCredentials {
  readonly username?: string;
  readonly password?: string;
  /** A refresh token, given in place of a password. */
  readonly identityToken?: string;
  /** A bearer token that is sent as it is. */
  readonly registryToken?: string;
  /** Where they are from, for people: `~/.docker/config.json`, `docker-credential-pass`. */
  readonly source: string;
}

/** Undefined where nothing is known of that registry. Rejects where what is known cannot be read. */
export type FindCredentials = (registry: string) => Promise<RegistryCredentials | undefined>;

/** For interfaces of Amazon that are not the registry's own. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of credentials that are good for a while. */
  readonly sessionToken?: string;
}

/** Undefined where none are known. Rejects where what is there cannot be read. */
export type FindAwsCredentials = () => Promise<AwsCredentials | undefined>;

/** PEM texts. */
export interface RegistryCertificates {
  /** Authorities that are believed beside the system's own. */
  readonly ca: readonly string[];
  readonly cert?: string;
  readonly key?: string;
}

/** Rejects where what is there cannot be read. */
export type FindCertificates = (registry: string) => Promise<RegistryCertificates>;
