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
 * (https://docs.mirantis.com/msr/2.9/ops/manage-webhooks/use-web-ui-to-create-a-webhook.html). It does not tell which
 * registry it is from.
 */
export function readDtr(message: Fields, { now, registry }: ReadOptions): Told {
  const type = textAt(message, "type");
  if (registry === undefined)
    throw new MalformedEvent("it does not tell which registry it is from; say so with --registry");
  const told: Told = { registries: [registry], pulls: [] };
  if (!PULLS.has(type)) return told;
  const contents = fieldsAt(message, "contents");
  const repository = `${textAt(contents, "namespace")}/${textAt(contents, "repository")}`;
  const at = momentAt(message["createdAt"], now);
  return { ...told, pulls: [{ registry, repository, digest: digestAt(contents, "digest"), at }] };
}
