import type { CliContext } from "./cli-context.ts";
import { EXIT } from "./exit-codes.ts";
import type { Explanation } from "./view-human/view-explanation.ts";

/** The error of the engine adapter, as far as words are made of it. */
export interface EngineErrorView extends Error {
  readonly name: "EngineError";
  readonly kind: string;
  readonly address: string;
  readonly detail: string;
  /** Method and path; absent when there was no request yet. */
  readonly request?: string | undefined;
  /** HTTP status; absent when there was no answer. */
  readonly status?: number | undefined;
}

export function isEngineError(error: unknown): error is EngineErrorView {
  return (
    error instanceof Error && error.name === "EngineError" && "kind" in error && "address" in error
  );
}

const LOGIN = "If a registry said so for want of a login: docker login REGISTRY.";

interface Words {
  readonly message: string;
  readonly next: readonly string[];
}

/** What happened with an engine, to which, and what to do about it. */
export async function explainEngineError(
  error: EngineErrorView,
  context: CliContext,
): Promise<Explanation> {
  const { message, next } = await wordsFor(error, context);
  return { message, next, exitCode: error.kind === "aborted" ? EXIT.interrupted : EXIT.failed };
}

async function wordsFor(error: EngineErrorView, context: CliContext): Promise<Words> {
  const { kind, address, detail, request } = error;
  // Every engine answers this one: where it is refused there is none.
  const refused = kind === "bad-request" || kind === "not-found" || kind === "server";
  if (refused && request === "GET /version") return notAnEngine(error);
  switch (kind) {
    case "unreachable":
      return {
        message: `no engine answers at ${address}: ${detail}`,
        next: [
          "Start it, or name another one with --target.",
          ...(await otherEngines(context, address)),
        ],
      };
    case "permission-denied":
      return error.status === undefined
        ? {
            message: `this user may not use the engine at ${address}: ${detail}`,
            next: [
              "Join the group that owns the socket (often: sudo usermod -aG docker $USER, then log in again),",
              "run this command with sudo, or use an engine of your own (rootless Docker or Podman).",
              ...(await otherEngines(context, address)),
            ],
          }
        : {
            message: `access was denied: ${detail}`,
            next: [LOGIN],
          };
    case "tls":
      return {
        message: `no trusted connection to the engine at ${address}: ${detail}`,
        next: [
          "Check that ca.pem signed the engine's certificate, that it names this host and has not expired,",
          "and that cert.pem and key.pem are this client's (in DOCKER_CERT_PATH, or in the docker context).",
        ],
      };
    case "timed-out":
      return {
        message: `the engine at ${address} did not answer ${request ?? "in time"}: ${detail}`,
        next: [
          "It may be busy or hung. Nothing is assumed about what was asked; look again once it answers.",
        ],
      };
    case "too-old":
      return {
        message: `the engine at ${address} is too old: ${detail}`,
        next: [
          "Plimsoll works with Docker 20.10 (API 1.41) and newer, and with Podman 4 and newer. Update the engine.",
        ],
      };
    case "too-new":
      return {
        message: `the engine at ${address} no longer speaks an API that this version knows: ${detail}`,
        next: ["Update Plimsoll."],
      };
    case "protocol":
      return notAnEngine(error);
    case "not-found":
      return { message: detail, next: whereImagesAre(request, context) };
    case "aborted":
      return { message: "interrupted", next: [] };
    default:
      return theEngineSaid(error);
  }
}

function whereImagesAre(request = "", { programName }: CliContext): readonly string[] {
  if (request.endsWith("/images/create"))
    return ["Check the name and its tag, and that the registry has it."];
  return request.includes("/images/") ? [`${programName} images lists what is there.`] : [];
}

function notAnEngine({ address, detail }: EngineErrorView): Words {
  return {
    message: `what answers at ${address} is not what a container engine says: ${detail}`,
    next: [
      "Check the address. A port with TLS needs DOCKER_TLS_VERIFY and DOCKER_CERT_PATH, or a docker context.",
    ],
  };
}

function theEngineSaid({ address, detail, request = "nothing yet" }: EngineErrorView): Words {
  // What a registry said comes through the engine in words alone.
  const login = /\/(?:push|images\/create)$/.test(request) ? [LOGIN] : [];
  return {
    message: `the engine said: ${detail}`,
    next: [...login, `Asked was ${request} at ${address}.`],
  };
}

/** Sockets and docker contexts beside the one that was tried. */
async function otherEngines(context: CliContext, tried: string): Promise<readonly string[]> {
  const sockets = (await context.socketAddresses()).filter((socket) => socket !== tried);
  const contexts = await context.contextNames();
  return [
    ...(sockets.length > 0 ? [`Sockets of engines on this machine: ${sockets.join(", ")}`] : []),
    ...(contexts.length > 1 ? [`Docker contexts: ${contexts.join(", ")}`] : []),
  ];
}
