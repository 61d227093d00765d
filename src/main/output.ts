import type { WriteStream } from "node:tty";

import type { Output } from "../cli/cli-context.ts";

const FALLBACK_COLUMNS = 80;

/**
 * Wraps a standard stream. Once its reader has gone (`plimsoll images | head`) what is written is dropped: a run that
 * removes things must come to its end all the same.
 */
export function createOutput(stream: WriteStream, colour: "always" | "never" | "auto"): Output {
  let readerGone = false;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    readerGone = true;
  });
  // Absent where the stream is a file or a pipe, whatever its type says.
  const { isTTY: isTerminal = false }: { readonly isTTY?: boolean } = stream;
  return {
    isTerminal,
    colour: colour === "auto" ? isTerminal && stream.hasColors() : colour === "always",
    get columns() {
      return stream.columns || FALLBACK_COLUMNS;
    },
    write(text) {
      if (!readerGone) stream.write(text);
    },
  };
}
