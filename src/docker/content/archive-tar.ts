import { createTarDecoder } from "modern-tar";

/** A file of a tar stream. Its content must be read, or left, before the next entry is asked for. */
export interface TarFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** The regular files of a tar stream; throws where the stream ends too early or is none. */
export async function* readTar(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<TarFile> {
  const entries = ReadableStream.from(bytes).pipeThrough(createTarDecoder({ strict: true }));
  for await (const { header, body } of entries) {
    let taken = false;
    if (header.type === undefined || header.type === "file") {
      const chunks = (async function* () {
        taken = true;
        yield* body;
      })();
      yield { name: header.name, sizeBytes: header.size, chunks };
    }
    // Cancelled bodies of several megabytes let the decoder of modern-tar 0.8.6 wait for ever: they are read to their end.
    if (!taken) await body.pipeTo(new WritableStream());
  }
}
