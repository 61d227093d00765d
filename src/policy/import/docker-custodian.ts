import type { ContainerRule, ImageRule, Policy, ResourceMatch, VolumeRule } from "../policy.ts";
import type { Remark } from "../remark.ts";
import { labelPattern, tagPattern } from "./docker-custodian-patterns.ts";
import { argumentsOf, readFlags, type Flag } from "./flags.ts";
import type { Imported } from "./imported.ts";
import { readShell, type ShellText } from "./shell-text.ts";
import { parseSpokenDuration } from "./spoken-duration.ts";

const FLAGS: readonly Flag[] = [
  { name: "max-container-age", takes: "value" },
  { name: "max-image-age", takes: "value" },
  { name: "dangling-volumes", takes: "nothing" },
  { name: "dry-run", takes: "nothing" },
  { name: "timeout", short: "t", takes: "value" },
  { name: "exclude-image", takes: "value" },
  { name: "exclude-image-file", takes: "value" },
  { name: "exclude-container-label", takes: "value" },
];

/**
 * Translates docker-custodian's `dcgc`: an age for containers, one for images, dangling volumes; what has no option is not
 * touched. Files of excluded images stand before it as `cat > FILE <<END`.
 */
export function importDockerCustodian(text: string): Imported {
  const shell = readShell(text);
  if ("problems" in shell) return shell;
  const words = argumentsOf("dcgc", shell.commands);
  const hasStop = shell.commands.flat().some((word) => /^(?:.*\/)?dcstop$/.test(word));
  if (words === undefined) {
    return {
      problems: [
        hasStop
          ? "dcstop stops containers that run; a policy only removes what has stopped, so there is nothing to translate"
          : "there is no dcgc command in the text",
      ],
    };
  }
  const { values, operands, problems: mistakes } = readFlags(words, FLAGS);
  const problems = [...mistakes, ...operands.map((word) => `"${word}" belongs to no option`)];
  const remarks: Remark[] = [];
  if (hasStop)
    remarks.push({ text: "dcstop has no equal: no container that runs is ever stopped." });
  if (values.has("dry-run"))
    remarks.push({ text: "--dry-run is what `plimsoll plan` does; a policy does not say it." });
  if (values.has("timeout"))
    remarks.push({ text: "--timeout belongs to the connection, not to a policy." });

  const ageOf = (option: string): number | undefined => {
    const age = values.get(option)?.at(-1);
    if (age === undefined) return undefined;
    // pytimeparse, which docker-custodian uses, reads a bare number as seconds.
    const within = parseSpokenDuration(/^\d+$/.test(age) ? `${age}s` : age);
    if (within === undefined) problems.push(`--${option} ${age}: not a duration`);
    return within;
  };
  const containerAge = ageOf("max-container-age");
  const imageAge = ageOf("max-image-age");
  const excluded = excludedImages(values, shell.files, problems);
  const except = (values.get("exclude-container-label") ?? []).map((label): ResourceMatch => ({
    label: labelPattern(label),
  }));
  if (problems.length > 0) return { problems };

  const containers = containerAge === undefined ? [] : [containerRule(containerAge, except)];
  const images = imageAge === undefined ? [] : [imageRule(imageAge)];
  const volumes = values.has("dangling-volumes") ? volumeRules() : [];
  if (containers.length > 0) remarks.push(...CONTAINER_REMARKS);
  if (images.length > 0) remarks.push(...IMAGE_REMARKS);
  if (volumes.length > 0) remarks.push(...VOLUME_REMARKS);
  const policy: Policy = {
    source: "docker-custodian",
    protect: imageAge === undefined ? [] : excluded.map((reference) => ({ reference })),
    images,
    ...(containers.length > 0 ? { containers } : {}),
    ...(volumes.length > 0 ? { volumes } : {}),
  };
  return { policy, remarks };
}

const CONTAINER_REMARKS: readonly Remark[] = [
  {
    rule: "stopped-containers",
    text: "dcgc also removes the anonymous volumes of these containers; here they stay until a rule under `volumes` takes them.",
  },
];
const IMAGE_REMARKS: readonly Remark[] = [
  {
    rule: "old-images",
    text: "dcgc goes by the build time alone, and takes what was built long ago and pulled a minute ago; here the latest of use, arrival and build counts.",
  },
];
const VOLUME_REMARKS: readonly Remark[] = [
  {
    rule: "named-volumes",
    text: "--dangling-volumes takes named volumes as well; take this rule out if they hold data that matters.",
  },
];

function containerRule(within: number, except: readonly ResourceMatch[]): ContainerRule {
  return {
    name: "stopped-containers",
    states: ["exited", "created"],
    within,
    ...(except.length > 0 ? { except } : {}),
  };
}

function imageRule(within: number): ImageRule {
  return { name: "old-images", match: {}, keep: { within } };
}

function volumeRules(): readonly VolumeRule[] {
  return [
    { name: "anonymous-volumes", which: "anonymous", within: 0 },
    { name: "named-volumes", which: "named", within: 0, match: [{ name: "*" }] },
  ];
}

/** Patterns of the options and of the files, each once. */
function excludedImages(
  values: ReadonlyMap<string, readonly string[]>,
  files: ShellText["files"],
  problems: string[],
): readonly string[] {
  const patterns = [...(values.get("exclude-image") ?? [])];
  const file = values.get("exclude-image-file")?.at(-1);
  const lines = file === undefined ? [] : files.get(file);
  if (lines === undefined)
    problems.push(
      `--exclude-image-file ${file}: its lines are missing here; write them before the command, between \`cat > ${file} <<END\` and END`,
    );
  for (const line of lines ?? []) {
    const pattern = line.trim();
    if (pattern !== "" && !pattern.startsWith("#")) patterns.push(pattern);
  }
  return [...new Set(patterns)].map(tagPattern);
}
