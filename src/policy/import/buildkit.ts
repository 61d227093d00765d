import type { BuildCacheRule, Policy } from "../policy.ts";
import type { Remark } from "../remark.ts";
import { readCacheRule } from "./buildkit-rule.ts";
import { defaultRules, readAllowance } from "./buildkit-space.ts";
import { parseToml } from "./buildkit-toml.ts";
import type { Imported } from "./imported.ts";
import { readFields, readJson, type JsonFields } from "./json-fields.ts";

/**
 * Translates the garbage collection of build cache: `[worker.oci]` or `[worker.containerd]` of a buildkitd.toml, or
 * `builder.gc` of a daemon.json. Its rules are carried out in their order, as here.
 */
export function importBuildkit(text: string): Imported {
  const problems: string[] = [];
  const remarks: Remark[] = [];
  const isJson = text.trimStart().startsWith("{");
  const parsed = isJson ? readJson(text, problems) : parseToml(text, problems);
  const root = parsed === undefined ? undefined : readFields(parsed, "", problems);
  if (root === undefined) return { problems };
  const settings = isJson ? ofDaemon(root) : ofWorker(root, remarks);
  if (settings === undefined && problems.length === 0) {
    root.problem(
      undefined,
      isJson ? "it has no builder.gc" : "it has neither [worker.oci] nor [worker.containerd]",
    );
  }
  const rules = settings === undefined ? [] : readRules(settings, isJson, remarks);
  if (problems.length > 0)
    return { problems: problems.map((each) => each.replace(/^: /, "the document: ")) };
  const policy: Policy = {
    source: isJson ? "daemon.json builder.gc" : "buildkitd.toml",
    protect: [],
    images: [],
    ...(rules.length > 0 ? { buildCache: rules } : {}),
  };
  remarks.push({
    text: "BuildKit weighs how often a record was used besides when; here the least recently used goes first.",
  });
  return { policy, remarks };
}

/** The part that belongs to the engine; everything else in the file is about other things. */
function ofDaemon(root: JsonFields): JsonFields | undefined {
  const builder = root.object("builder") ?? root;
  return builder.object("gc");
}

function ofWorker(root: JsonFields, remarks: Remark[]): JsonFields | undefined {
  const worker = root.object("worker");
  const oci = worker?.object("oci");
  const containerd = worker?.object("containerd");
  const hasBoth = oci !== undefined && containerd !== undefined;
  const usesContainerd =
    oci === undefined || (oci.flag("enabled") === false && containerd !== undefined);
  if (hasBoth) {
    remarks.push({
      text: `Both workers are configured; this is [worker.${usesContainerd ? "containerd" : "oci"}].`,
    });
  }
  return usesContainerd ? containerd : oci;
}

function readRules(
  settings: JsonFields,
  isDaemon: boolean,
  remarks: Remark[],
): readonly BuildCacheRule[] {
  const isOn = settings.flag(isDaemon ? "enabled" : "gc") ?? true;
  const allowance = readAllowance(
    settings,
    isDaemon
      ? {
          keep: "defaultKeepStorage",
          reserved: "defaultReservedSpace",
          maxUsed: "defaultMaxUsedSpace",
          minFree: "defaultMinFreeSpace",
        }
      : {
          keep: "gckeepstorage",
          reserved: "reservedSpace",
          maxUsed: "maxUsedSpace",
          minFree: "minFreeSpace",
        },
  );
  const given = settings.objects(isDaemon ? "policy" : "gcpolicy") ?? [];
  if (isDaemon) settings.refuseOthers();
  if (!isOn) {
    remarks.push({ text: "Garbage collection is switched off: nothing is removed." });
    return [];
  }
  if (given.length === 0) {
    remarks.push({
      text: "No rules were given: these are the ones that BuildKit has for such settings.",
    });
    return defaultRules(allowance, isDaemon);
  }
  if (Object.keys(allowance).length > 0)
    remarks.push({
      text: "The space that is given beside the rules counts only where there are none.",
    });
  return given.flatMap((fields, index) => readCacheRule(fields, `gc-${index + 1}`, remarks));
}
