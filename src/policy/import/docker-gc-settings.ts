import { readShell, type ShellText } from "./shell-text.ts";

/** What docker-gc's variables say, as far as they say what goes. */
export interface DockerGcSettings {
  readonly graceSeconds: number;
  readonly imagesToSave: number;
  readonly forceImages: boolean;
  readonly excludeDead: boolean;
  readonly removeVolumes: boolean;
  readonly volumeDriver: string;
  readonly associatedVolumes: boolean;
  readonly label?: string;
  /** Lines of the files, undefined where no file was given. */
  readonly excludedImages?: readonly string[];
  readonly excludedContainers?: readonly string[];
  readonly excludedVolumes?: readonly string[];
  /** Variables that say how it runs, not what goes. */
  readonly aside: readonly string[];
}

const ASIDE =
  /^(?:STATE_DIR|PID_DIR|DOCKER|DRY_RUN|FORCE_CONTAINER_REMOVAL|LOG_TO_SYSLOG|SYSLOG_(?:FACILITY|LEVEL|TAG)|TZ|CRON)$/;
const EXCLUDE_FILES = {
  EXCLUDE_FROM_GC: "/etc/docker-gc-exclude",
  EXCLUDE_CONTAINERS_FROM_GC: "/etc/docker-gc-exclude-containers",
  EXCLUDE_VOLUMES_IDS_FILE: "/etc/docker-gc-exclude-volumes",
} as const;
const KNOWN: readonly string[] = [
  "GRACE_PERIOD_SECONDS",
  "MINIMUM_IMAGES_TO_SAVE",
  "FORCE_IMAGE_REMOVAL",
  "EXCLUDE_DEAD",
  "REMOVE_VOLUMES",
  "VOLUME_DELETE_ONLY_DRIVER",
  "REMOVE_ASSOCIATED_VOLUME",
  "EXCLUDE_BY_LABEL",
  ...Object.keys(EXCLUDE_FILES),
];
/** A line that is no line of an exclude file. */
const SHELL =
  /^\s*(?:(?:export\s+)?[A-Z_]+=|cat\s*>|(?:sudo\s+)?(?:docker\s+run\s|(?:\/\S*)?docker-gc\s*$))/m;
const ASSIGNMENT = /^([A-Z_]+)=(.*)$/s;

/**
 * Reads docker-gc's variables, `KEY=value` alone, before the command or as `-e` of `docker run`, and the files that they
 * name as `cat > FILE <<END`. A text without any of that is a file of excluded images itself.
 */
export function readDockerGc(
  text: string,
): DockerGcSettings | { readonly problems: readonly string[] } {
  if (text.trim() === "") return { problems: ["the text is empty"] };
  if (!SHELL.test(text))
    return settingsOf(new Map(), new Map([[EXCLUDE_FILES.EXCLUDE_FROM_GC, text.split("\n")]]), []);
  const shell = readShell(text);
  if ("problems" in shell) return shell;
  const problems: string[] = [];
  const variables = new Map<string, string>();
  const aside: string[] = [];
  for (const words of shell.commands) {
    const isCommand = words.some((word) => /(?:^|\/)docker-gc(?::[\w.-]+)?$/.test(word));
    for (const word of words) {
      const [, key = "", value = ""] = ASSIGNMENT.exec(word) ?? [];
      if (KNOWN.includes(key)) variables.set(key, value);
      else if (ASIDE.test(key)) aside.push(word);
      else if (key !== "")
        problems.push(`${key} is not a variable of docker-gc: ${KNOWN.join(", ")}`);
      else if (!isCommand && word !== "export")
        problems.push(`"${word}" is neither KEY=value nor part of a docker-gc command`);
    }
  }
  if (problems.length > 0) return { problems };
  return settingsOf(variables, shell.files, aside);
}

function settingsOf(
  variables: ReadonlyMap<string, string>,
  files: ShellText["files"],
  aside: readonly string[],
): DockerGcSettings | { readonly problems: readonly string[] } {
  const problems: string[] = [];
  const number = (key: string, otherwise: number): number => {
    const value = variables.get(key);
    if (value === undefined || value === "") return otherwise;
    if (!/^\d+$/.test(value)) problems.push(`${key}=${value}: not a whole number`);
    return Number(value);
  };
  const linesOf = (key: keyof typeof EXCLUDE_FILES): readonly string[] | undefined => {
    const named = variables.get(key);
    const lines = files.get(named ?? EXCLUDE_FILES[key]);
    if (lines === undefined && named !== undefined && named !== "/dev/null")
      problems.push(
        `${key}=${named}: its lines are missing here; write them between \`cat > ${named} <<END\` and END`,
      );
    return lines?.map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
  };
  const excludedImages = linesOf("EXCLUDE_FROM_GC");
  const excludedContainers = linesOf("EXCLUDE_CONTAINERS_FROM_GC");
  const excludedVolumes = linesOf("EXCLUDE_VOLUMES_IDS_FILE");
  const label = variables.get("EXCLUDE_BY_LABEL");
  const settings: DockerGcSettings = {
    graceSeconds: number("GRACE_PERIOD_SECONDS", 3600),
    imagesToSave: number("MINIMUM_IMAGES_TO_SAVE", 0),
    forceImages: number("FORCE_IMAGE_REMOVAL", 0) > 0,
    excludeDead: number("EXCLUDE_DEAD", 0) > 0,
    removeVolumes: number("REMOVE_VOLUMES", 0) > 0,
    volumeDriver: variables.get("VOLUME_DELETE_ONLY_DRIVER") ?? "local",
    associatedVolumes: number("REMOVE_ASSOCIATED_VOLUME", 1) > 0,
    ...(label === undefined || label === "" ? {} : { label }),
    ...(excludedImages === undefined ? {} : { excludedImages }),
    ...(excludedContainers === undefined ? {} : { excludedContainers }),
    ...(excludedVolumes === undefined ? {} : { excludedVolumes }),
    aside,
  };
  return problems.length > 0 ? { problems } : settings;
}
