import { callApi, callApiStream, queryString, type EngineAddress } from "./engine-api.ts";
import { repositoryAndTag } from "./build-images.ts";

const MANIFEST_TYPES = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");
/** An empty JSON object: no credentials. */
const ANONYMOUS = Buffer.from("{}").toString("base64");

/** Pushes the image under this reference; resolves with the digest that the registry then has for it. */
export async function pushImage(engine: EngineAddress, reference: string): Promise<string> {
  const { repo, tag } = repositoryAndTag(reference);
  await pushWithRetries(engine, repo, tag, PUSH_TRIES);
  // Asked of the registry itself: Podman's answer to the push does not name the digest.
  const [address, ...path] = repo.split("/");
  const { headers } = await fetch(`http://${address}/v2/${path.join("/")}/manifests/${tag}`, {
    method: "HEAD",
    headers: { accept: MANIFEST_TYPES },
  });
  const digest = headers.get("docker-content-digest");
  if (digest === null) throw new Error(`the registry has no ${reference} after its push`);
  return digest;
}

/** Debian's registry now and then answers 500 to one of several uploads at once (seen once in dozens of runs). */
const PUSH_TRIES = 3;

async function pushWithRetries(
  engine: EngineAddress,
  repo: string,
  tag: string,
  tries: number,
): Promise<void> {
  try {
    await callApiStream(engine, "POST", `/images/${repo}/push${queryString({ tag })}`, {
      headers: { "x-registry-auth": ANONYMOUS },
    });
  } catch (error) {
    const isServerError = error instanceof Error && error.message.includes("500 Internal Server");
    if (!isServerError || tries <= 1) throw error;
    await pushWithRetries(engine, repo, tag, tries - 1);
  }
}

/** Pulls `repository:tag` or `repository@digest`. */
export async function pullImage(engine: EngineAddress, reference: string): Promise<void> {
  await callApiStream(engine, "POST", `/images/create${queryString({ fromImage: reference })}`, {
    headers: { "x-registry-auth": ANONYMOUS },
  });
}

/** Removes one reference, or an image by ID, without `force`. */
export async function removeImage(engine: EngineAddress, image: string): Promise<void> {
  const { status, body } = await callApi(engine, "DELETE", `/images/${image}`);
  if (status !== 200) throw new Error(`DELETE ${image}: ${status} ${body.toString("utf8").trim()}`);
}
