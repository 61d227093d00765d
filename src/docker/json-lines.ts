/** Parses JSON documents that each stand on a line, however the text is cut into chunks. Blank lines count for nothing. */
export async function* parseJsonLines(chunks: AsyncIterable<string>): AsyncGenerator {
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line.trim() !== "") yield JSON.parse(line);
    }
  }
  if (rest.trim() !== "") yield JSON.parse(rest);
}
