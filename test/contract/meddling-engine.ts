import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import type { EngineAddress } from "../harness/engine-api.ts";

/** Called before a request goes on to the engine, with its method and its path without the version. */
export type Meddler = (method: string, path: string) => Promise<void> | void;

/**
 * Stands before an engine and lets somebody act between two requests of a client: what a client looked at is not what its
 * next request meets. Resolves with its address, as `--target` takes it.
 */
export async function meddleWith({ socketPath }: EngineAddress, meddle: Meddler): Promise<string> {
  const pass = async (asked: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const { method = "", url = "", headers } = asked;
    await meddle(method, decodeURIComponent(url).replace(/^\/v[\d.]+/, ""));
    const onward = request({ socketPath, method, path: url, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    onward.on("error", (error) => answer.destroy(error));
    asked.pipe(onward);
  };
  const server = createServer((asked, answer) => {
    pass(asked, answer).catch((error: unknown) => answer.destroy(error as Error));
  });
  const own = join(scratchFolder(), "engine.sock");
  await new Promise<void>((resolve) => server.listen(own, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `unix://${own}`;
}
