import { open, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { parseDescriptor, type Descriptor } from "../oci/descriptor.ts";
import { isJsonObject, type JsonObject } from "../oci/json-object.ts";
import { checkBlobDirectories } from "./list-blobs.ts";
import { LayoutError, systemErrorCode, toLayoutError } from "./layout-error.ts";
import { READ_NO_LINK } from "./open-flags.ts";

const RESTORE = "Restore it from a copy, or write the layout anew; nothing was changed.";

const HALF_WRITTEN_READINGS = 6;
const HALF_WRITTEN_WAIT_MS = 40;

/** One element of `manifests`: `source` is what the file has, fields unknown to us included. */
export interface IndexEntry {
  readonly descriptor: Descriptor;
  readonly source: JsonObject;
}

/** index.json at one moment (image-spec, image-layout.md#indexjson-file). */
export interface IndexFile {
  /** The file as it was, to see later whether it has changed. */
  readonly text: string;
  readonly document: JsonObject;
  readonly entries: readonly IndexEntry[];
}

export function indexPath(root: string): string {
  return join(root, "index.json");
}

/** Makes sure that the directory is a layout that can be understood; answers its real path. */
export async function openLayout(directory: string): Promise<string> {
  const root = await realDirectory(directory);
  const file = join(root, "oci-layout");
  const text = await readText(file).catch((error: unknown) => {
    if (!(error instanceof LayoutError) || error.kind !== "not-found") throw error;
    throw new LayoutError("not-a-layout", {
      file,
      detail: "the file is missing, so this is no OCI image layout",
      hint: "Give the directory that holds oci-layout, index.json and blobs.",
      cause: error,
    });
  });
  const marker = parseJson(file, text);
  const version = isJsonObject(marker) ? marker["imageLayoutVersion"] : undefined;
  if (typeof version !== "string") {
    throw new LayoutError("corrupt", {
      file,
      detail: "it has no imageLayoutVersion",
      hint: RESTORE,
    });
  }
  if (!/^1\.\d+\.\d+/.test(version)) {
    throw new LayoutError("unsupported-version", {
      file,
      detail: `it says version ${JSON.stringify(version)}; version 1 is understood`,
      hint: "Use a Plimsoll that knows this version.",
    });
  }
  await checkBlobDirectories(root);
  return root;
}

/** Reads index.json. Some programs write it in place, so that for a moment it is empty or cut off. */
export async function readIndexFile(root: string): Promise<IndexFile> {
  const file = indexPath(root);
  for (let reading = 1; ; reading += 1) {
    try {
      return parseIndexFile(file, await readText(file));
    } catch (error) {
      if (!isHalfWritten(error) || reading === HALF_WRITTEN_READINGS) throw error;
    }
    await sleep(HALF_WRITTEN_WAIT_MS);
  }
}

function isHalfWritten(error: unknown): boolean {
  return error instanceof LayoutError && error.cause instanceof SyntaxError;
}

/** The text of index.json now. */
export function readIndexText(root: string): Promise<string> {
  return readText(indexPath(root));
}

export function parseIndexFile(file: string, text: string): IndexFile {
  const corrupt = (detail: string) => new LayoutError("corrupt", { file, detail, hint: RESTORE });
  const document = parseJson(file, text);
  if (!isJsonObject(document)) throw corrupt("it is not a JSON object");
  if (document["schemaVersion"] !== 2)
    throw corrupt(`schemaVersion is ${JSON.stringify(document["schemaVersion"])}, not 2`);
  const list: unknown = document["manifests"] ?? [];
  if (!Array.isArray(list)) throw corrupt("manifests is not a list");
  const entries = list.map((source: unknown, position): IndexEntry => {
    const descriptor = parseDescriptor(source, `manifests[${position}]`);
    if ("kind" in descriptor) throw corrupt(descriptor.detail);
    return { descriptor, source: isJsonObject(source) ? source : {} };
  });
  return { text, document, entries };
}

async function realDirectory(directory: string): Promise<string> {
  try {
    const root = await realpath(directory);
    if ((await stat(root)).isDirectory()) return root;
  } catch (error) {
    throw toLayoutError(error, directory);
  }
  throw new LayoutError("not-found", {
    file: directory,
    detail: "it is not a directory",
    hint: "Give the directory that holds oci-layout; unpack an archive first.",
  });
}

async function readText(file: string): Promise<string> {
  try {
    const handle = await open(file, READ_NO_LINK);
    try {
      return await handle.readFile("utf8");
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") {
      throw new LayoutError("not-found", {
        file,
        detail: "the file is missing",
        hint: RESTORE,
        cause: error,
      });
    }
    throw toLayoutError(error, file);
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new LayoutError("corrupt", {
      file,
      detail: `it is not JSON: ${error.message}`,
      hint: RESTORE,
      cause: error,
    });
  }
}
