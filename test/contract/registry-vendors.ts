import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { VendorName } from "../../src/inventory/registry-vendor.ts";
import { startFakeAcr } from "../fakes/registries/acr.ts";
import { startFakeDtr } from "../fakes/registries/dtr.ts";
import { startFakeEcr } from "../fakes/registries/ecr.ts";
import { startFakeGhcr } from "../fakes/registries/ghcr.ts";
import { startFakeGitlab } from "../fakes/registries/gitlab.ts";
import { startFakeHarbor } from "../fakes/registries/harbor.ts";
import { startFakeHub } from "../fakes/registries/hub.ts";
import { ociRoutes } from "../fakes/registries/oci-routes.ts";
import { startFakeQuay } from "../fakes/registries/quay.ts";
import { serve } from "../fakes/registries/serve.ts";
import { MemoryRegistry } from "../fakes/registries/memory-registry.ts";
import { startFakeZot } from "../fakes/registries/zot.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { startRegistry } from "../harness/registry.ts";

/** What a test has to know of a server; which product it is it does not ask. */
export interface VendorUnderTest {
  readonly name: string;
  readonly vendor: VendorName;
  /** What becomes of things by the server's own ways. */
  readonly can: {
    readonly untag: boolean;
    readonly deleteDigest: boolean;
    readonly listUntagged: boolean;
    readonly referrersApi: boolean;
    readonly pushTimes: boolean;
    readonly pullTimes: boolean;
  };
  /** Who docker has signed in as, with the password `a-token`. */
  readonly user?: string;
  /** Settings that it takes besides. */
  readonly environment?: (url: string) => NodeJS.ProcessEnv;
  /** Closed when the test ends. `memory` is what a fake stores; the real server keeps that to itself. */
  readonly start: () => Promise<{ readonly url: string; readonly memory?: MemoryRegistry }>;
}

export const VENDORS: readonly VendorUnderTest[] = [
  {
    name: "docker-registry",
    vendor: "distribution",
    can: {
      untag: false,
      deleteDigest: true,
      listUntagged: false,
      referrersApi: false,
      pushTimes: false,
      pullTimes: false,
    },
    start: async () => {
      const registry = await startRegistry();
      onTestFinished(() => registry.stop());
      return registry;
    },
  },
  {
    name: "a registry of the OCI protocol 1.1",
    vendor: "distribution",
    can: {
      untag: true,
      deleteDigest: true,
      listUntagged: false,
      referrersApi: true,
      pushTimes: false,
      pullTimes: false,
    },
    start: () =>
      closing(async () => {
        const memory = new MemoryRegistry();
        const options = { referrersApi: true, deletesTag: true, pageSize: 2 };
        return { ...(await serve(ociRoutes(memory, options))), memory };
      }),
  },
  {
    name: "Harbor",
    vendor: "harbor",
    can: {
      untag: true,
      deleteDigest: true,
      listUntagged: true,
      referrersApi: true,
      pushTimes: true,
      pullTimes: true,
    },
    start: () => closing(startFakeHarbor),
  },
  {
    name: "DTR",
    vendor: "dtr",
    can: {
      untag: true,
      deleteDigest: false,
      listUntagged: false,
      referrersApi: false,
      pushTimes: true,
      pullTimes: false,
    },
    start: () => closing(startFakeDtr),
  },
  {
    name: "Docker Hub",
    vendor: "hub",
    can: {
      untag: true,
      deleteDigest: false,
      listUntagged: false,
      referrersApi: true,
      pushTimes: true,
      pullTimes: true,
    },
    start: () => closing(startFakeHub),
  },
  {
    name: "GitHub",
    vendor: "ghcr",
    can: {
      untag: true,
      deleteDigest: true,
      listUntagged: true,
      referrersApi: false,
      pushTimes: true,
      pullTimes: false,
    },
    start: () => closing(startFakeGhcr),
  },
  {
    name: "Quay",
    vendor: "quay",
    user: "$oauthtoken",
    can: {
      untag: true,
      deleteDigest: true,
      listUntagged: false,
      referrersApi: true,
      pushTimes: true,
      pullTimes: false,
    },
    start: () => closing(startFakeQuay),
  },
  {
    name: "Azure",
    vendor: "acr",
    can: {
      untag: true,
      deleteDigest: true,
      listUntagged: true,
      referrersApi: true,
      pushTimes: true,
      pullTimes: false,
    },
    start: () => closing(startFakeAcr),
  },
  {
    name: "GitLab",
    vendor: "gitlab",
    can: {
      untag: true,
      deleteDigest: true,
      listUntagged: false,
      referrersApi: false,
      pushTimes: true,
      pullTimes: false,
    },
    start: () => closing(startFakeGitlab),
  },
  {
    name: "Amazon",
    vendor: "ecr",
    can: {
      untag: true,
      deleteDigest: true,
      listUntagged: true,
      referrersApi: true,
      pushTimes: true,
      pullTimes: true,
    },
    environment: (url) => ({
      AWS_ENDPOINT_URL_ECR: url,
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "AKID",
      AWS_SECRET_ACCESS_KEY: "secret",
    }),
    start: () => closing(startFakeEcr),
  },
  {
    name: "zot",
    vendor: "zot",
    can: {
      untag: true,
      deleteDigest: true,
      listUntagged: false,
      referrersApi: true,
      pushTimes: true,
      pullTimes: true,
    },
    start: () => closing(startFakeZot),
  },
];

/** A folder whose docker configuration knows a user of the registry. */
export function memoryOf(host: string, user = "team"): string {
  const memory = scratchFolder();
  mkdirSync(join(memory, "docker"));
  const auth = Buffer.from(`${user}:a-token`).toString("base64");
  const config = { auths: { [host]: { auth } } };
  writeFileSync(join(memory, "docker", "config.json"), JSON.stringify(config));
  return memory;
}

export async function closing<T extends { close(): void }>(start: () => Promise<T>): Promise<T> {
  const fake = await start();
  onTestFinished(() => fake.close());
  return fake;
}
