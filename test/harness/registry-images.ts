import { createHash, randomBytes } from "node:crypto";

import { REGISTRY_USER } from "./registry.ts";

export interface PushedManifest {
  mediaType: string;
  digest: string;
  size: number;
}

export interface PushOptions {
  /** A tag; without one it is pushed by digest. */
  tag?: string;
  /** RFC 3339; absent leaves it out. */
  created?: string;
  labels?: Readonly<Record<string, string>>;
  architecture?: string;
  /** Bytes of its own layer. */
  payloadBytes?: number;
  /** Shared with other images. */
  base?: Buffer;
  subject?: PushedManifest;
  artifactType?: string;
  annotations?: Readonly<Record<string, string>>;
}

const OCI = "application/vnd.oci.image";

/** Pushes content to a registry by the distribution protocol, without any engine. */
export class RegistryPusher {
  readonly #url: string;
  readonly #headers: Record<string, string>;

  constructor(url: string, withPassword = false) {
    const { username, password } = REGISTRY_USER;
    const basic = Buffer.from(`${username}:${password}`).toString("base64");
    this.#url = url;
    this.#headers = withPassword ? { authorization: `Basic ${basic}` } : {};
  }

  async image(repository: string, options: PushOptions = {}): Promise<PushedManifest> {
    const { created, labels = {}, architecture = "amd64", payloadBytes = 1000, base } = options;
    const layers = [...(base ? [base] : []), randomBytes(payloadBytes)];
    const config = {
      ...(created === undefined ? {} : { created }),
      architecture,
      os: "linux",
      config: { Labels: labels },
      rootfs: { type: "layers", diff_ids: layers.map(digestOf) },
    };
    return this.manifest(repository, options, {
      mediaType: `${OCI}.manifest.v1+json`,
      config: {
        mediaType: `${OCI}.config.v1+json`,
        ...(await this.blob(repository, Buffer.from(JSON.stringify(config)))),
      },
      layers: await Promise.all(
        layers.map(async (layer) => ({
          mediaType: `${OCI}.layer.v1.tar`,
          ...(await this.blob(repository, layer)),
        })),
      ),
    });
  }

  index(
    repository: string,
    children: readonly (PushedManifest & { architecture?: string })[],
    options: PushOptions = {},
  ): Promise<PushedManifest> {
    return this.manifest(repository, options, {
      mediaType: `${OCI}.index.v1+json`,
      manifests: children.map(({ architecture, ...child }) => ({
        ...child,
        ...(architecture ? { platform: { os: "linux", architecture } } : {}),
      })),
    });
  }

  async manifest(
    repository: string,
    { tag, subject, artifactType, annotations }: PushOptions,
    document: { mediaType: string } & Record<string, unknown>,
  ): Promise<PushedManifest> {
    const body = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        ...document,
        ...(subject ? { subject } : {}),
        ...(artifactType ? { artifactType } : {}),
        ...(annotations ? { annotations } : {}),
      }),
    );
    const digest = digestOf(body);
    await this.#send(`/v2/${repository}/manifests/${tag ?? digest}`, "PUT", body, {
      "content-type": document.mediaType,
    });
    return { mediaType: document.mediaType, digest, size: body.length };
  }

  /** Gives a manifest that is there another tag. */
  async tag(repository: string, { digest, mediaType }: PushedManifest, tag: string): Promise<void> {
    const path = `/v2/${repository}/manifests/`;
    const answer = await this.#send(path + digest, "GET", undefined, { accept: mediaType });
    const body = Buffer.from(await answer.arrayBuffer());
    await this.#send(path + tag, "PUT", body, { "content-type": mediaType });
  }

  async blob(repository: string, bytes: Buffer): Promise<{ digest: string; size: number }> {
    const digest = digestOf(bytes);
    const started = await this.#send(`/v2/${repository}/blobs/uploads/`, "POST");
    const place = new URL(started.headers.get("location") ?? "", this.#url);
    place.searchParams.set("digest", digest);
    await this.#send(place.href, "PUT", bytes, { "content-type": "application/octet-stream" });
    return { digest, size: bytes.length };
  }

  /** Status of a GET, for tests that look at what became of something. */
  async statusOf(path: string, accept = "*/*"): Promise<number> {
    const headers = { ...this.#headers, accept };
    const answer = await fetch(new URL(path, this.#url), { headers });
    await answer.arrayBuffer();
    return answer.status;
  }

  async #send(
    path: string,
    method: string,
    body?: Buffer,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const answer = await fetch(new URL(path, this.#url), {
      method,
      headers: { ...this.#headers, ...headers },
      ...(body ? { body: new Uint8Array(body) } : {}),
    });
    if (answer.ok) return answer;
    throw new Error(`${method} ${path}: HTTP ${answer.status}: ${await answer.text()}`);
  }
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
