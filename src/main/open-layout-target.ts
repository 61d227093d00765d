import { realpath } from "node:fs/promises";
import { basename, resolve } from "node:path";

import { createLayoutContentReader } from "../layout/content-reader.ts";
import { LayoutContentWriter } from "../layout/content-writer.ts";
import { createLayoutDetails } from "../layout/layout-details.ts";
import { createLayoutReader } from "../layout/layout-reader.ts";
import { LayoutError } from "../layout/layout-error.ts";
import { createLayoutRemover } from "../layout/layout-remover.ts";
import { createTargetSession } from "../operations/create-target-session.ts";
import type { TargetSession } from "../operations/target-session.ts";
import { createLayoutDescriber } from "../layout/record-image.ts";
import { openMemory } from "./memory.ts";
import { openBin, viewBin } from "./open-bin.ts";
import type { OpenOptions } from "./open-options.ts";
import { openRegistryLookup } from "./open-registry-lookup.ts";

/** A blob younger than this may belong to an image that another program is just writing. */
const BLOB_GRACE_MS = 3_600_000;

/** The real path is the identity of a layout: one directory under two names is one target. */
export async function openLayoutTarget(
  directory: string,
  options: OpenOptions,
): Promise<TargetSession> {
  const { clock, notify } = options;
  const path = await realPath(directory);
  const layout = { directory: path, now: clock, graceMs: BLOB_GRACE_MS };
  const memory = openMemory(options);
  /** What goes from the layout would only get another entry there, and free nothing. */
  const requireOther = async (binDirectory = options.settings.binDir): Promise<void> => {
    if ((await realPath(resolve(binDirectory))) === path) throw ownBin(path);
  };
  const writer = new LayoutContentWriter(path);
  return createTargetSession({
    reader: createLayoutReader({
      ...layout,
      target: { kind: "layout", name: basename(path), address: `oci:${path}` },
    }),
    details: createLayoutDetails(path),
    describer: createLayoutDescriber(path),
    recovery: {
      reader: createLayoutContentReader(path),
      writer,
      names: writer,
      openBin: async (binDirectory) => {
        await requireOther(binDirectory);
        return openBin(options, binDirectory);
      },
      viewBin: async (binDirectory) => {
        await requireOther(binDirectory);
        return viewBin(options, binDirectory);
      },
      openLookup: () => openRegistryLookup(options),
    },
    readEngineId: () => Promise.resolve(undefined),
    openRemover: () => Promise.resolve(createLayoutRemover(layout)),
    openJournal: memory.openJournal,
    sightings: memory.sightings,
    leases: memory.leases,
    clock,
    notify,
    close: () => Promise.resolve(memory.close()),
  });
}

function ownBin(path: string): LayoutError {
  return new LayoutError("own-bin", {
    file: path,
    detail: "this layout is the recovery bin itself",
    hint: "Name another directory with --bin; what is in the bin is taken out with plimsoll bin empty.",
  });
}

/** What cannot be resolved is left for the reader to complain about. */
function realPath(directory: string): Promise<string> {
  return realpath(directory).catch(() => directory);
}
