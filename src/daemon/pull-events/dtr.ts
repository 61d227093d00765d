import {
  digestAt,
  fieldsAt,
  MalformedEvent,
  momentAt,
  textAt,
  type Fields,
} from "./event-fields.ts";
import type { ReadOptions, Told } from "./told.ts";

const PULLS = new Set(["TAG_PULL", "MANIFEST_PULL"]);

/**
 * A webhook of DTR, later Mirantis Secure Registry up to 3
 * (https://docs.mirantis.com/msr/2.9/ops/manage-webhooks/use-web-ui-to-create-a-webhook.html). It tells neither a user agent
 * nor, as a rule, which registry it is from.
 */
export function readDtr(message: Fields, { now, registry: named }: ReadOptions): Told {
  const type = textAt(message, "type");
  const contents = fieldsAt(message, "contents");
  const registry = named ?? hostOf(contents);
  if (registry === undefined)
    throw new MalformedEvent("it does not tell which registry it is from; say so with --registry");
  const told: Told = { registries: [registry], pulls: [] };
  if (!PULLS.has(type)) return told;
  const repository = `${textAt(contents, "namespace")}/${textAt(contents, "repository")}`;
  const at = momentAt(message["createdAt"], now);
  return { ...told, pulls: [{ registry, repository, digest: digestAt(contents, "digest"), at }] };
}

/** Some versions send `host/namespace/repository:tag` as the name of the image, others leave the host out. */
function hostOf({ imageName, namespace, repository }: Fields): string | undefined {
  if (typeof imageName !== "string") return undefined;
  const [host, ...path] = imageName.replace(/[:@][^/]*$/, "").split("/");
  return path.join("/") === `${String(namespace)}/${String(repository)}` ? host : undefined;
}
