import type { Inventory, Unread } from "../../inventory/inventory.ts";
import type { HostWords } from "./host-words.ts";
import { bareAge, bareSize, type Line } from "./line-words.ts";
import { readImageLines } from "./read-image-lines.ts";
import { readContainerLines } from "./read-container-lines.ts";
import {
  readCacheLines,
  readNetworkLines,
  readServiceLines,
  readVolumeLines,
} from "./read-resource-lines.ts";
import type { ReportProblem } from "./report-problem.ts";
import type { Fields, YamlText } from "./yaml-fields.ts";

/** The keys that say what a target holds. */
export const HOST_KEYS = [
  "target",
  "store",
  "disk",
  "watched",
  "unread",
  "layers",
  "images",
  "repositories",
  "containers",
  "services",
  "volumes",
  "networks",
  "buildCache",
] as const;

type HostKey = (typeof HOST_KEYS)[number];

const TARGET = /^(engine|registry|layout)(?: +(\S+))?$/;
const STORES = ["graphdriver", "containerd"] as const;
const UNREAD: readonly Unread[] = [
  "images",
  "containers",
  "services",
  "volumes",
  "networks",
  "build-cache",
];

/** Reads what a target holds, in words. */
export function readHost(
  yaml: YamlText,
  fields: Fields,
  report: ReportProblem,
): { readonly host: HostWords; readonly wordNamed: (text: string) => string | undefined } {
  const lines = (key: HostKey): readonly Line[] =>
    yaml
      .list(fields.get(key)?.value, "a list of lines")
      .flatMap((node) => yaml.text(node, "a line of text") ?? []);
  const text = (key: HostKey): Line | undefined => yaml.text(fields.get(key)?.value, "a text");
  const wrong = ({ line, column, text: found }: Line, detail: string): void =>
    report({ line, column, found, detail });

  const watched = text("watched");
  if (watched !== undefined && bareAge(watched.text) === undefined) wrong(watched, "is not an age");
  const layers = readLayers(yaml, fields, wrong);
  const { images, blobs, containers, wordNamed } = readImageLines(
    lines("images"),
    { layers, ...(watched === undefined ? {} : { watched: watched.text }) },
    report,
  );
  const target = text("target");
  const [, kind = "engine", targetName] = TARGET.exec(target?.text ?? "engine") ?? [];
  if (target !== undefined && !TARGET.test(target.text))
    wrong(target, "is not `engine`, `registry` or `layout`, with a name if need be");
  const store = text("store");
  const knownStore = STORES.find((each) => each === store?.text);
  if (store !== undefined && knownStore === undefined)
    wrong(store, `is not ${STORES.join(" or ")}`);
  const disk = readDisk(text("disk"), wrong);
  const unread = lines("unread").flatMap((line) => {
    const part = UNREAD.find((each) => each === line.text);
    if (part === undefined) wrong(line, `is not one of ${UNREAD.join(", ")}`);
    return part ?? [];
  });
  const host: HostWords = {
    target: kind as Inventory["target"]["kind"],
    ...(targetName === undefined ? {} : { targetName }),
    ...(knownStore === undefined ? {} : { store: knownStore }),
    ...(disk === undefined ? {} : { disk }),
    unread,
    images,
    blobs,
    containers: {
      ...containers,
      ...readContainerLines(lines("containers"), wordNamed, report),
    },
    services: readServiceLines(lines("services"), report),
    volumes: readVolumeLines(lines("volumes"), report),
    networks: readNetworkLines(lines("networks"), report),
    cache: readCacheLines(lines("buildCache"), report),
  };
  return { host, wordNamed };
}

function readLayers(
  yaml: YamlText,
  fields: Fields,
  wrong: (at: Line, detail: string) => void,
): Readonly<Record<string, number>> {
  const layers = yaml.fields(fields.get("layers")?.value, "a mapping of names to sizes");
  return Object.fromEntries(
    [...layers].flatMap(([name, { value }]) => {
      const size = yaml.text(value, "a size");
      const bytes = bareSize(size?.text ?? "");
      if (size !== undefined && bytes === undefined) wrong(size, "is not a size such as 120MB");
      return bytes === undefined ? [] : [[name, bytes] as const];
    }),
  );
}

/** `120GB free of 1TB`. */
function readDisk(
  at: Line | undefined,
  wrong: (at: Line, detail: string) => void,
): HostWords["disk"] {
  if (at === undefined) return undefined;
  const [, free = "", total = ""] = /^(\S+) +free +of +(\S+)$/.exec(at.text) ?? [];
  const freeBytes = bareSize(free);
  const totalBytes = bareSize(total);
  if (freeBytes !== undefined && totalBytes !== undefined) return { totalBytes, freeBytes };
  wrong(at, "is not the state of a disk, such as `120GB free of 1TB`");
  return undefined;
}
