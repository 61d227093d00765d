import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { EngineEndpoint } from "../../src/ports/engine-endpoint.ts";

export const DOCKER_VERSION: VersionAnswer = {
  Version: "28.5.2",
  ApiVersion: "1.51",
  MinAPIVersion: "1.24",
};

/** What `GET /version` answers; the ping says the same, unless `silentPing`. */
export interface VersionAnswer {
  readonly Version?: string;
  readonly ApiVersion?: string;
  readonly MinAPIVersion?: string;
  readonly Components?: readonly { readonly Name: string }[];
  readonly silentPing?: boolean;
}

/** `METHOD /path?query` without the version. A function answers by itself; anything else is sent as JSON. */
export type Answers = (request: string) => unknown;
export type OwnAnswer = (response: ServerResponse, request: IncomingMessage) => unknown;

export class Refusal {
  readonly status: number;
  readonly message: string;

  constructor(status: number, message: string) {
    this.status = status;
    this.message = message;
  }
}

/** A server on a unix socket that answers as it is told, until the test ends: for what real engines do not do on demand. */
export class ScriptedEngine {
  readonly endpoint: EngineEndpoint;
  /** Every request, without the version, in order; `/_ping` and `/version` left out. */
  readonly requests: string[] = [];
  readonly #folder: string;
  readonly #server;

  private constructor(answers: Answers, version: VersionAnswer) {
    this.#folder = mkdtempSync(join(tmpdir(), "plimsoll-scripted-"));
    this.endpoint = { kind: "unix", socketPath: join(this.#folder, "engine.sock") };
    this.#server = createServer((request, response) => {
      if (request.url === "/version") {
        response.end(JSON.stringify(version));
        return;
      }
      if (request.url === "/_ping") {
        response.writeHead(200, pingHeaders(version)).end();
        return;
      }
      const path = decodeURIComponent((request.url ?? "").replace(/^\/v[\d.]+/, ""));
      const asked = `${request.method} ${path}`;
      this.requests.push(asked);
      give(answers(asked), request, response);
    });
  }

  static async start(
    answers: Answers,
    version: VersionAnswer = DOCKER_VERSION,
  ): Promise<ScriptedEngine> {
    const engine = new ScriptedEngine(answers, version);
    const path = engine.endpoint.kind === "unix" ? engine.endpoint.socketPath : "";
    await new Promise<void>((resolve) => engine.#server.listen(path, resolve));
    onTestFinished(() => engine.#stop());
    return engine;
  }

  async #stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#folder, { recursive: true });
  }
}

function give(answer: unknown, request: IncomingMessage, response: ServerResponse): void {
  if (typeof answer === "function") {
    (answer as OwnAnswer)(response, request);
  } else if (answer instanceof Refusal) {
    response.writeHead(answer.status).end(JSON.stringify({ message: answer.message }));
  } else {
    response.end(answer === undefined ? "" : JSON.stringify(answer));
  }
}

function pingHeaders({
  Version,
  ApiVersion,
  Components,
  silentPing,
}: VersionAnswer): OutgoingHttpHeaders {
  if (Version === undefined || ApiVersion === undefined || silentPing === true) return {};
  const server = Components === undefined ? "Docker" : "Libpod";
  return { "Api-Version": ApiVersion, Server: `${server}/${Version} (linux)` };
}
