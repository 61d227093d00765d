import type { AwsSettings } from "../config/aws-settings.ts";
import type { RegistryTarget } from "../config/target-spec.ts";
import { findAwsCredentials } from "../credentials/find-aws-credentials.ts";
import { findCertificates } from "../credentials/find-certificates.ts";
import { findCredentials } from "../credentials/find-credentials.ts";
import { createTargetSession } from "../operations/create-target-session.ts";
import type { TargetSession } from "../operations/target-session.ts";
import { createContentCheck } from "../registry/check-content.ts";
import { openUpkeep } from "../registry/open-upkeep.ts";
import { ReferrersLister } from "../registry/list-referrers.ts";
import { createRegistryContentReader } from "../registry/manifest-content.ts";
import { ManifestTexts } from "../registry/manifest-texts.ts";
import { createRegistryRebuilder } from "../registry/rebuild-image.ts";
import { createRegistryDescriber } from "../registry/record-manifest.ts";
import { RegistryAccess } from "../registry/registry-access.ts";
import { createRegistryDetails } from "../registry/registry-details.ts";
import { createRegistryReader } from "../registry/registry-reader.ts";
import { createRegistryRemover, openTagLook } from "../registry/registry-remover.ts";
import type { EcrPlace } from "../registry/vendors/ecr.ts";
import { createFactsCache } from "../store/sqlite-facts-cache.ts";
import { openMemory } from "./memory.ts";
import { openBin, viewBin } from "./open-bin.ts";
import { openRegistryLookup } from "./open-registry-lookup.ts";
import type { OpenOptions } from "./open-options.ts";
import { registryPace } from "./registry-pace.ts";

/** What the environment says of where Amazon's interface is. */
function ecrPlaceOf(
  { ecrEndpoint, region }: AwsSettings,
  notify: OpenOptions["notify"],
): { readonly ecrPlace?: EcrPlace } {
  if (ecrEndpoint === undefined) return {};
  if (region !== undefined && URL.canParse(ecrEndpoint))
    return { ecrPlace: { region, host: new URL(ecrEndpoint).host } };
  notify("AWS_ENDPOINT_URL_ECR is left out: it takes a URL, and AWS_REGION beside it");
  return {};
}

/** `registry://host[:port][/repository]`: all that it lists, or one repository. */
export function openRegistryTarget(
  { host, repository, plainHttp, vendor }: RegistryTarget,
  options: OpenOptions,
): TargetSession {
  const { settings, clock, signal, notify } = options;
  const { proxies } = settings;
  const cache = createFactsCache(settings.cacheDir, notify);
  const access = new RegistryAccess({
    transport: {
      endpoint: { host, ...(plainHttp ? { plainHttp } : {}) },
      findCredentials: (registry) => findCredentials(settings.docker.configDir, registry),
      findCertificates: (registry) => findCertificates(settings.registryCertificates, registry),
      clock,
      random: Math.random,
      userAgent: "plimsoll",
      onWarning: notify,
      pace: registryPace(settings.registryPace),
      ...(proxies === undefined ? {} : { proxies }),
    },
    ...(vendor === undefined ? {} : { vendor }),
    cache,
    clock,
    findAwsCredentials: () => findAwsCredentials(settings.aws),
    ...ecrPlaceOf(settings.aws, notify),
    notify,
  });
  const memory = openMemory(options);
  const look = openTagLook(access);
  const texts = new ManifestTexts(cache);
  const path = repository === undefined ? host : `${host}/${repository}`;
  return createTargetSession({
    reader: createRegistryReader({
      access,
      target: { kind: "registry", name: path, address: `registry://${path}` },
      repositories: repository === undefined ? [] : [repository],
    }),
    details: createRegistryDetails(access.client(signal)),
    readEngineId: () => Promise.resolve(undefined),
    openRemover: () => createRegistryRemover(access, look),
    describer: createRegistryDescriber(access, look, texts),
    recovery: {
      reader: createRegistryContentReader({
        client: (reading) => access.client(reading),
        referrers: (client) => new ReferrersLister(client, cache, clock()),
        texts,
      }),
      registry: access.registry,
      rebuilder: createRegistryRebuilder(access),
      openBin: (directory) => openBin(options, directory),
      viewBin: (directory) => viewBin(options, directory),
      openLookup: () => openRegistryLookup(options),
    },
    openJournal: memory.openJournal,
    sightings: memory.sightings,
    readPulls: memory.pullsFrom(host),
    check: createContentCheck((checking) => access.client(checking)),
    upkeep: () => openUpkeep(access, repository, signal),
    leases: memory.leases,
    clock,
    notify,
    async close() {
      await access.close();
      cache.close();
      memory.close();
    },
  });
}
