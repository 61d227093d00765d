import { isDigest } from "../oci/digest.ts";
import { repositoryOf } from "../oci/reference.ts";
import type { FactsCache } from "../ports/facts-cache.ts";
import type { ProxySettings } from "../ports/proxy-settings.ts";
import type { FindCertificates, FindCredentials } from "../ports/registry-credentials.ts";
import type { RegistryAnswer, RegistryLookup } from "../ports/registry-lookup.ts";
import { missingContent } from "./find-content.ts";
import { findLayers, LayerDiffIds } from "./find-layers.ts";
import { ManifestTexts } from "./manifest-texts.ts";
import { RecentBlobs } from "./recent-blobs.ts";
import { RecentManifests } from "./recent-manifests.ts";
import { RegistryClient } from "./registry-client.ts";
import { RegistryError, type RegistryErrorKind } from "./registry-error.ts";
import type { PaceLimits } from "./request-pace.ts";
import { RegistryTransport } from "./transport.ts";

export interface LookupOptions {
  readonly findCredentials: FindCredentials;
  readonly findCertificates?: FindCertificates;
  readonly clock: () => number;
  /** Closed with the look-up. */
  readonly cache: FactsCache & { close(): void };
  readonly userAgent: string;
  readonly proxies?: ProxySettings;
  readonly pace?: PaceLimits;
  readonly onWarning?: (text: string) => void;
}

/** What will not be otherwise for the next image. */
const SILENCES: ReadonlySet<RegistryErrorKind> = new Set(["unreachable", "tls", "timed-out"]);

/** Asks the registries that images were pulled from or pushed to; one connection pool for each. */
export function createRegistryLookup(options: LookupOptions): RegistryLookup {
  const transports = new Map<string, RegistryTransport>();
  const transportFor = (host: string): RegistryTransport => {
    const known = transports.get(host);
    if (known !== undefined) return known;
    const made = new RegistryTransport({ ...options, endpoint: { host }, random: Math.random });
    transports.set(host, made);
    return made;
  };
  /** Registries that could not be reached, and why: nobody waits for them once for each image. */
  const silent = new Map<string, string>();
  const texts = new RecentManifests(new ManifestTexts(options.cache), options.clock);
  const blobs = new RecentBlobs(options.clock);
  const diffIds = new LayerDiffIds(options.cache);
  /** What a registry says, or why it says nothing. */
  const unlessSilent = async <T>(
    { registry }: RegistryClient,
    question: () => Promise<T>,
  ): Promise<{ readonly told: T } | { readonly silence: string }> => {
    const silence = silent.get(registry);
    if (silence !== undefined) return { silence };
    try {
      return { told: await question() };
    } catch (error) {
      if (!(error instanceof RegistryError) || error.kind === "aborted") throw error;
      if (SILENCES.has(error.kind)) silent.set(registry, error.message);
      return { silence: error.message };
    }
  };
  const placeOf = (name: string, signal: AbortSignal) => {
    const full = repositoryOf(name);
    const slash = full.indexOf("/");
    const client = new RegistryClient(transportFor(full.slice(0, slash)), signal);
    return { client, repository: full.slice(slash + 1), reference: name.slice(full.length + 1) };
  };
  return {
    async ask({ id, repoDigest, platforms }, signal): Promise<RegistryAnswer> {
      const { client, repository, reference: digest } = placeOf(repoDigest, signal);
      if (!isDigest(digest)) return { kind: "unknown", detail: `${repoDigest} has no digest` };
      const wanted = { repository, digest, imageId: id, platforms };
      const answer = await unlessSilent(client, () =>
        missingContent({ client, texts, blobs }, wanted),
      );
      if ("silence" in answer) return { kind: "unknown", detail: answer.silence };
      const { told: detail } = answer;
      return detail === undefined ? { kind: "held" } : { kind: "lacking", detail };
    },
    async layersOf({ repoDigest, platforms }, signal) {
      const { client, repository, reference: digest } = placeOf(repoDigest, signal);
      if (!isDigest(digest)) return [];
      const wanted = { repository, digest, platforms };
      const answer = await unlessSilent(client, () =>
        findLayers({ client, texts, blobs, diffIds }, wanted),
      );
      return "told" in answer ? answer.told : [];
    },
    async askBlob(name, blob, signal): Promise<RegistryAnswer> {
      const { client, repository } = placeOf(`${name}@${blob}`, signal);
      const answer = await unlessSilent(client, () => blobs.has(client, repository, blob));
      if ("silence" in answer) return { kind: "unknown", detail: answer.silence };
      if (answer.told) return { kind: "held" };
      return { kind: "lacking", detail: "it is not there any more" };
    },
    openBlob(name, blob, signal) {
      const { client, repository } = placeOf(`${name}@${blob}`, signal);
      return client.getBlob(repository, blob);
    },
    async resolve(name, signal) {
      const { client, repository, reference } = placeOf(name, signal);
      const head = await client.headManifest(repository, reference);
      return head === undefined || head === "unchanged" ? undefined : head.digest;
    },
    async close() {
      options.cache.close();
      await Promise.all([...transports.values()].map((transport) => transport.close()));
    },
  };
}
