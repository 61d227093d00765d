import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import type { EngineAddress } from "../harness/engine-api.ts";

/** Called before a request goes on to the engine, with its method and its path without the version. */
export type Meddler = (method: string, path: string) => Promise<void> | void;

export interface MeddledEngine {
  /** As `--target` takes it. */
  readonly address: string;
  /** Resolves when the engine has answered all that it was asked for, by a client that is dead as well. */
  idle(): Promise<void>;
}

/**
 * Stands before an engine and lets somebody act between two requests of a client: what a client looked at is not what its
 * next request meets.
 */
export async function meddleWith(
  { socketPath }: EngineAddress,
  meddle: Meddler,
  {
    overTcp = false,
  }: { /** As an engine of another machine looks. */ readonly overTcp?: boolean } = {},
): Promise<MeddledEngine> {
  const underWay = new Set<Promise<void>>();
  const pass = async (asked: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const { method = "", url = "", headers } = asked;
    await meddle(method, decodeURIComponent(url).replace(/^\/v[\d.]+/, ""));
    const onward = request({ socketPath, method, path: url, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
      answer.on("close", () => response.resume());
    });
    asked.pipe(onward);
    // What a client had asked for before it died is asked all the same.
    if (asked.destroyed) onward.end();
    await new Promise<void>((resolve, reject) => onward.on("close", resolve).on("error", reject));
  };
  const server = createServer((asked, answer) => {
    const passed: Promise<void> = pass(asked, answer)
      .catch((error: unknown) => void answer.destroy(error as Error))
      .finally(() => underWay.delete(passed));
    underWay.add(passed);
  });
  const own = join(scratchFolder(), "engine.sock");
  const place = overTcp ? { host: "127.0.0.1", port: 0 } : { path: own };
  await new Promise<void>((resolve) => server.listen(place, resolve));
  const address = server.address();
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    address: typeof address === "object" ? `tcp://127.0.0.1:${address?.port}` : `unix://${own}`,
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
