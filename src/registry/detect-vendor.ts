import { VENDOR_NAMES, type VendorName } from "../inventory/registry-vendor.ts";
import type { FactsCache } from "../ports/facts-cache.ts";
import { RegistryError } from "./registry-error.ts";
import type { RegistryTransport } from "./transport.ts";

/** What stands behind an address may be replaced. */
const REMEMBERED_MS = 24 * 3600 * 1000;
const SCOPE = "registry-vendors:1";

/** Services whose names say what they are. */
const HOSTS: readonly (readonly [host: RegExp, vendor: VendorName])[] = [
  [/^docker\.io$/, "hub"],
  [/^ghcr\.io$/, "ghcr"],
  [/^quay\.io$/, "quay"],
  [/^registry\.gitlab\.com$/, "gitlab"],
  [/\.dkr\.ecr(?:-fips)?\.[\w-]+\.amazonaws\.com(?:\.cn)?$|^public\.ecr\.aws$/, "ecr"],
  [/-docker\.pkg\.dev$|^(?:\w+\.)?gcr\.io$/, "gar"],
  [/\.azurecr\.(?:io|cn|us)$/, "acr"],
];

interface Probe {
  readonly vendor: VendorName;
  readonly path: string;
  /** Whether an answer is that vendor's. */
  readonly fits: (status: number, body: unknown, header: (name: string) => unknown) => boolean;
}

/** What only one product answers so; asked without credentials. */
const PROBES: readonly Probe[] = [
  // goharbor/harbor, api/v2.0/swagger.yaml, getSystemInfo: open to everybody.
  {
    vendor: "harbor",
    path: "/api/v2.0/systeminfo",
    fits: (status, body) => status === 200 && has(body, "auth_mode"),
  },
  // docker/docs, reference/dtr/2.7/api: whoever has not said who they are is told so in this form.
  {
    vendor: "dtr",
    path: "/api/v0/meta/features",
    fits: (status, body) =>
      (status === 200 && has(body, "scanningEnabled")) ||
      (status === 401 && codesOf(body).includes("NOT_AUTHENTICATED")),
  },
  // project-zot/zot, pkg/extensions/README_mgmt.md
  {
    vendor: "zot",
    path: "/v2/_zot/ext/mgmt",
    fits: (status, body) => status === 200 && has(body, "distSpecVersion"),
  },
  // docs.gitlab.com/administration/packages/container_registry: sent with every answer.
  {
    vendor: "gitlab",
    path: "/gitlab/v1/",
    fits: (_status, _body, header) => header("gitlab-container-registry-version") !== undefined,
  },
  // docs.quay.io/api/swagger: its own description.
  {
    vendor: "quay",
    path: "/api/v1/discovery",
    fits: (status, body) => status === 200 && has(body, "apis"),
  },
];

/** Which product stands behind an address: by its name, by what it answered lately, or by what only one product answers. */
export async function detectVendor(
  transport: RegistryTransport,
  cache: FactsCache,
  nowMs: number,
  signal: AbortSignal,
): Promise<VendorName> {
  const { registry } = transport;
  const named = HOSTS.find(([host]) => host.test(registry))?.[1];
  if (named !== undefined) return named;
  const known = recall(cache, registry, nowMs);
  if (known !== undefined) return known;
  const answers = await Promise.all(PROBES.map((probe) => ask(transport, probe, signal)));
  const vendor = PROBES.find((_, position) => answers[position] === true)?.vendor;
  // Where a question was not answered at all, the next run asks again.
  if (vendor !== undefined || !answers.includes(undefined)) {
    const text = JSON.stringify({ vendor: vendor ?? "distribution", atMs: nowMs });
    cache.write(SCOPE, new Map([[registry, text]]));
  }
  return vendor ?? "distribution";
}

async function ask(
  transport: RegistryTransport,
  { path, fits }: Probe,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  try {
    const answer = await transport.request({
      method: "GET",
      path,
      scope: "",
      authorization: "",
      allow: [400, 401, 403, 404, 405, 406],
      signal,
    });
    const text = (await answer.document()).toString("utf8");
    return fits(answer.status, parse(text), (name) => answer.header(name));
  } catch (error) {
    if (!(error instanceof RegistryError) || UNREACHED.has(error.kind)) throw error;
    return undefined;
  }
}

/** What will be no different for the next question. */
const UNREACHED: ReadonlySet<RegistryError["kind"]> = new Set(["unreachable", "tls", "aborted"]);

function recall(cache: FactsCache, registry: string, nowMs: number): VendorName | undefined {
  const text = cache.read(SCOPE, [registry]).get(registry);
  if (text === undefined) return undefined;
  const { vendor, atMs } = JSON.parse(text) as { vendor: string; atMs: number };
  const isFresh = nowMs >= atMs && nowMs - atMs < REMEMBERED_MS;
  return isFresh ? VENDOR_NAMES.find((name) => name === vendor) : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A web page, or nothing: no vendor's answer.
    return undefined;
  }
}

function has(body: unknown, field: string): boolean {
  return typeof body === "object" && body !== null && field in body;
}

function codesOf(body: unknown): readonly unknown[] {
  const errors = has(body, "errors") ? (body as { errors: unknown }).errors : [];
  return Array.isArray(errors) ? errors.map((error: { code?: unknown } | null) => error?.code) : [];
}
