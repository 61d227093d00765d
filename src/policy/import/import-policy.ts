import type { Imported, Importer } from "./imported.ts";
import { withReachableRules } from "./reachable-rules.ts";

/** One row a system, loaded when it is asked for. */
const IMPORTERS: Readonly<Record<string, () => Promise<Importer>>> = {
  ecr: async () => (await import("./ecr.ts")).importEcr,
  harbor: async () => (await import("./harbor.ts")).importHarbor,
  zot: async () => (await import("./zot.ts")).importZot,
  gitlab: async () => (await import("./gitlab.ts")).importGitlab,
  gar: async () => (await import("./gar.ts")).importGar,
  acr: async () => (await import("./acr.ts")).importAcr,
  quay: async () => (await import("./quay.ts")).importQuay,
  dtr: async () => (await import("./dtr.ts")).importDtr,
  docuum: async () => (await import("./docuum.ts")).importDocuum,
  "docker-gc": async () => (await import("./docker-gc.ts")).importDockerGc,
  "docker-custodian": async () => (await import("./docker-custodian.ts")).importDockerCustodian,
  buildkit: async () => (await import("./buildkit.ts")).importBuildkit,
};

export const IMPORT_KINDS: readonly string[] = Object.keys(IMPORTERS);

/** Tools that clean up hosts. There a repository goes as a whole as soon as nothing uses it, and that is meant. */
const HOST_KINDS: ReadonlySet<string> = new Set([
  "docuum",
  "docker-gc",
  "docker-custodian",
  "buildkit",
]);

/** Undefined when there is no importer of that kind. */
export async function importPolicy(kind: string, text: string): Promise<Imported | undefined> {
  const load = Object.hasOwn(IMPORTERS, kind) ? IMPORTERS[kind] : undefined;
  if (load === undefined) return undefined;
  const imported = (await load())(text);
  if ("problems" in imported) return imported;
  const { policy, remarks } = withReachableRules(imported.policy, imported.remarks);
  if (HOST_KINDS.has(kind)) return { policy, remarks };
  // The brake that every policy file has, whatever the other system would empty.
  const limits = { ...policy.limits, wholeRepositories: "stop" as const };
  return { policy: { ...policy, limits }, remarks };
}
