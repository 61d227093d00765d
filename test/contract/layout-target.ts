import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { allocatedBytes } from "../harness/du.ts";
import { makeImageTar } from "../harness/image-tar.ts";
import { runCommand } from "../harness/run-command.ts";
import type { ContractTarget } from "./contract-target.ts";

const NAME = "io.containerd.image.name";

interface Descriptor {
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Documents {
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly manifests?: readonly Descriptor[];
}

export interface LayoutTarget extends ContractTarget {
  readonly kind: "layout";
  readonly directory: string;
}

/** An OCI image layout, handled as simple tools do: whole documents, read and written. */
export function createLayoutTarget(): LayoutTarget {
  const directory = mkdtempSync(join(tmpdir(), "plimsoll-contract-"));
  const indexFile = join(directory, "index.json");
  const blobs = join(directory, "blobs");
  writeEntries([]);
  writeFileSync(join(directory, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');

  function readEntries(): readonly Descriptor[] {
    const { manifests } = JSON.parse(readFileSync(indexFile, "utf8")) as Required<Documents>;
    return manifests;
  }

  function writeEntries(manifests: readonly Descriptor[]): void {
    const next = `${indexFile}.next`;
    writeFileSync(next, JSON.stringify({ schemaVersion: 2, manifests }));
    renameSync(next, indexFile);
  }

  function entryOf(reference: string): Descriptor {
    const entry = readEntries().find((each) => isNamed(each, reference));
    if (entry === undefined) throw new Error(`no ${reference} in ${directory}`);
    return entry;
  }

  function readBlob({ digest, size }: Descriptor): Buffer {
    const content = readFileSync(join(blobs, ...digest.split(":")));
    const found = `sha256:${createHash("sha256").update(content).digest("hex")}`;
    if (found !== digest || content.length !== size) throw new Error(`${digest} is damaged`);
    return content;
  }

  function readTree(descriptor: Descriptor): void {
    const document = JSON.parse(readBlob(descriptor).toString("utf8")) as Documents;
    for (const manifest of document.manifests ?? []) readTree(manifest);
    for (const blob of [document.config, ...(document.layers ?? [])]) if (blob) readBlob(blob);
  }

  return {
    kind: "layout",
    address: `oci:${directory}`,
    directory,
    async load(images) {
      const before = readEntries();
      const input = await buffer(makeImageTar(images));
      const args = ["--extract", "--touch", "--exclude=manifest.json", "--file=-"];
      await runCommand("tar", args, { cwd: directory, input });
      writeEntries([...before, ...readEntries()]);
    },
    idOf: async (reference) => entryOf(reference).digest,
    async tag(id, reference) {
      const entries = readEntries();
      const entry = entries.find(({ digest }) => digest === id);
      if (entry === undefined) throw new Error(`no ${id} in ${directory}`);
      const others = entries.map((each) => (isNamed(each, reference) ? nameless(each) : each));
      writeEntries([...others, { ...entry, annotations: { [NAME]: reference } }]);
    },
    async removeName(reference) {
      writeEntries(readEntries().filter((entry) => !isNamed(entry, reference)));
    },
    listIds: async () => new Set(readEntries().map(({ digest }) => digest)),
    async listNames() {
      const names = readEntries().flatMap(({ annotations }) => annotations?.[NAME] ?? []);
      return names.toSorted();
    },
    readOut: async (reference) => readTree(entryOf(reference)),
    contentDiskBytes: () => allocatedBytes(blobs),
    stop: async () => rmSync(directory, { recursive: true, force: true }),
  };
}

function isNamed({ annotations }: Descriptor, reference: string): boolean {
  return annotations?.[NAME] === reference;
}

function nameless(descriptor: Descriptor): Descriptor {
  return { ...descriptor, annotations: {} };
}
