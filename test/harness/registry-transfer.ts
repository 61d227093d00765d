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
  await callApiStream(engine, "POST", `/images/${repo}/push${queryString({ tag })}`, {
    headers: { "x-registry-auth": ANONYMOUS },
  });
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
