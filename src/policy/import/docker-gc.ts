import type {
  ContainerRule,
  ImageRule,
  Keep,
  Match,
  Policy,
  ResourceMatch,
  VolumeRule,
} from "../policy.ts";
import type { Remark } from "../remark.ts";
import {
  excludedContainer,
  excludedImage,
  excludedVolume,
  type Excluded,
} from "./docker-gc-patterns.ts";
import { readDockerGc, type DockerGcSettings } from "./docker-gc-settings.ts";
import type { Imported } from "./imported.ts";

const IMAGES = "unused-images";
const CONTAINERS = "stopped-containers";

/** Translates docker-gc's variables and exclude files. */
export function importDockerGc(text: string): Imported {
  const settings = readDockerGc(text);
  if ("problems" in settings) return settings;
  const problems: string[] = [];
  const translate = <T>(
    lines: readonly string[],
    what: string,
    one: (line: string) => Excluded<T>,
  ): readonly T[] =>
    lines.flatMap((line) => {
      const excluded = one(line);
      if ("matches" in excluded) return excluded.matches;
      problems.push(`excluded ${what} "${line}": ${excluded.problem}`);
      return [];
    });
  const images = translate(settings.excludedImages ?? [], "image", excludedImage);
  // docker-gc takes the file apart at blanks, not at lines.
  const words = (settings.excludedContainers ?? []).flatMap((line) => line.split(/\s+/));
  const containers = translate(words, "container", excludedContainer);
  const volumes = translate(settings.excludedVolumes ?? [], "volume", excludedVolume);
  if (problems.length > 0) return { problems };

  const { label } = settings;
  const protect: readonly Match[] = [...images, ...(label === undefined ? [] : [{ label }])];
  const policy: Policy = {
    source: "docker-gc",
    protect,
    images: [imageRule(settings)],
    containers: [containerRule(settings, containers)],
    ...(settings.removeVolumes ? { volumes: volumeRules(settings, volumes) } : {}),
  };
  return { policy, remarks: remarksOn(settings) };
}

function containerRule(
  { graceSeconds, excludeDead }: DockerGcSettings,
  excluded: readonly ResourceMatch[],
): ContainerRule {
  const except: ResourceMatch[] = [
    ...excluded,
    ...(excludeDead ? [{ state: "dead" } as const] : []),
  ];
  return {
    name: CONTAINERS,
    states: ["exited", "created"],
    within: graceSeconds * 1000,
    ...(except.length > 0 ? { except } : {}),
  };
}

function imageRule({ graceSeconds, imagesToSave, forceImages }: DockerGcSettings): ImageRule {
  const young: Keep = { within: graceSeconds * 1000 };
  const newest: Keep = { last: imagesToSave, by: "created" };
  return {
    name: IMAGES,
    match: forceImages ? {} : { not: { namesAtLeast: 2 } },
    keep: imagesToSave > 0 ? { anyOf: [young, newest] } : young,
  };
}

function volumeRules(
  { volumeDriver }: DockerGcSettings,
  excluded: readonly ResourceMatch[],
): readonly VolumeRule[] {
  const ofDriver = (): readonly ResourceMatch[] => [{ name: "*", driver: volumeDriver }];
  const except = excluded.length > 0 ? { except: excluded } : {};
  return [
    { name: "anonymous-volumes", which: "anonymous", within: 0, match: ofDriver(), ...except },
    { name: "named-volumes", which: "named", within: 0, match: ofDriver(), ...except },
  ];
}

function remarksOn(settings: DockerGcSettings): readonly Remark[] {
  const remarks: Remark[] = [
    {
      rule: IMAGES,
      text: "docker-gc goes by the build time alone, and takes what was built long ago and pulled a minute ago; here the latest of use, arrival and build counts.",
    },
    {
      rule: CONTAINERS,
      text: "docker-gc takes containers that never started at once; here they count from their creation.",
    },
  ];
  if (settings.excludedImages === undefined)
    remarks.push({
      text: "No file of excluded images was given; if there is an /etc/docker-gc-exclude, import it with the variables.",
    });
  if (settings.excludedContainers !== undefined)
    remarks.push({
      rule: CONTAINERS,
      text: "docker-gc looks for excluded containers in the whole line of `docker ps`; here in names and images.",
    });
  if (settings.associatedVolumes)
    remarks.push({
      rule: CONTAINERS,
      text: "docker-gc also removes the anonymous volumes of these containers; here they stay until a rule under `volumes` takes them.",
    });
  if (!settings.forceImages)
    remarks.push({
      rule: IMAGES,
      text: "Without FORCE_IMAGE_REMOVAL the engine refuses docker-gc images of several names, so this rule leaves them; without the match it takes them too.",
    });
  if (settings.imagesToSave > 0)
    remarks.push({
      rule: IMAGES,
      text: "MINIMUM_IMAGES_TO_SAVE counts lines of `docker images`, so that a second tag of an image pushes another one out; here each image counts once.",
    });
  if (settings.removeVolumes)
    remarks.push({
      rule: "named-volumes",
      text: "REMOVE_VOLUMES takes named volumes as well; take this rule out if they hold data that matters.",
    });
  if (settings.aside.length > 0)
    remarks.push({
      text: `Not part of a policy: ${settings.aside.join(" ")}. A dry run is \`plimsoll plan\`, force is never used.`,
    });
  return remarks;
}
