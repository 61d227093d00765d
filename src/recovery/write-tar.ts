import { createTarPacker } from "modern-tar";

/** A file for a tar stream. */
export interface ArchiveFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Writes files one after the other as a tar stream; what a file's content throws ends the stream with that error. */
export async function* writeTar(files: AsyncIterable<ArchiveFile>): AsyncGenerator<Uint8Array> {
  const { readable, controller } = createTarPacker();
  const packing = (async () => {
    try {
      for await (const { name, sizeBytes, chunks } of files) {
        const writer = controller
          .add({ name, size: sizeBytes, type: "file", mode: 0o644, mtime: new Date(0) })
          .getWriter();
        for await (const chunk of chunks) await writer.write(chunk);
        await writer.close();
      }
      controller.finalize();
    } catch (error) {
      controller.error(error);
    }
  })();
  yield* readable;
  await packing;
}
