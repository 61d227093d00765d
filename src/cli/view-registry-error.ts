import { EXIT } from "./exit-codes.ts";
import type { Explanation } from "./view-human/view-explanation.ts";

/** The error of the registry adapter, as far as words are made of it. */
export interface RegistryErrorView extends Error {
  readonly name: "RegistryError";
  readonly kind: string;
  /** Host and port. */
  readonly registry: string;
  readonly detail: string;
  /** What was asked for, in words. */
  readonly about?: string | undefined;
  readonly codes: readonly string[];
  /** Seconds that the registry asks to wait. */
  readonly retryAfterSeconds?: number | undefined;
}

export function isRegistryError(error: unknown): error is RegistryErrorView {
  return (
    error instanceof Error &&
    error.name === "RegistryError" &&
    "kind" in error &&
    "registry" in error
  );
}

interface Words {
  readonly message: string;
  readonly next: readonly string[];
}

/** What happened with a registry, to which, and what to do about it. */
export function explainRegistryError(error: RegistryErrorView): Explanation {
  const { message, next } = wordsFor(error);
  return { message, next, exitCode: error.kind === "aborted" ? EXIT.interrupted : EXIT.failed };
}

function wordsFor(error: RegistryErrorView): Words {
  const { kind, registry, detail, message } = error;
  switch (kind) {
    case "unreachable":
      return {
        message: `no registry answers at ${registry}: ${detail}`,
        next: [
          "Check its name and port, and HTTPS_PROXY and NO_PROXY where the way out is a proxy.",
          `One that speaks plain HTTP on purpose is registry://http://${registry}.`,
        ],
      };
    case "tls":
      return {
        message: `no trusted connection to the registry ${registry}: ${detail}`,
        next: [
          `Name the authority of its certificate: --registry-ca FILE, or /etc/docker/certs.d/${registry}/ca.crt.`,
          `Where it wants a certificate of yours: client.cert and client.key in that folder.`,
          `One that speaks plain HTTP on purpose is registry://http://${registry}.`,
        ],
      };
    case "unauthorized":
      return { message, next: [`Log in with a name that may do this: docker login ${registry}`] };
    case "credentials":
      return { message, next: [`Log in anew: docker login ${registry}`] };
    case "forbidden":
      return {
        message,
        next: [
          `Log in with a name that may do this (docker login ${registry}), or have it allowed.`,
        ],
      };
    case "not-found":
      return notFound(error);
    case "rate-limited":
      return { message, next: waiting(error) };
    case "budget":
      return {
        message,
        next: [
          "Nothing is decided by what was read of it until then.",
          "Name one repository, registry://HOST/REPOSITORY, or raise PLIMSOLL_REGISTRY_BUDGET.",
        ],
      };
    case "unsupported":
      return {
        message,
        next: ["What it can do is in docs/registries.md; its own settings may forbid it."],
      };
    case "bad-content":
      return {
        message,
        next: [
          "Nothing is decided by it. If pulling the same image fails too, it is damaged in the registry;",
          "else something between here and the registry changes answers.",
        ],
      };
    case "unsafe-link":
      return {
        message,
        next: [
          "Neither questions nor credentials go to a host that was not named.",
          "Where a proxy stands before the registry, have it keep the Host of requests.",
        ],
      };
    case "timed-out":
      return {
        message,
        next: ["It may be busy. Nothing is assumed about what was asked; try again."],
      };
    case "server":
      return {
        message,
        next: ["That is a failure of the registry: its log says more. Try again later."],
      };
    case "aborted":
      return { message: "interrupted", next: [] };
    default:
      return {
        message: `what answers at ${registry} is not what a registry says: ${message.slice(registry.length + 2)}`,
        next: ["Check the address. A web page or a proxy may stand there."],
      };
  }
}

function notFound({ message, registry, codes }: RegistryErrorView): Words {
  const isRepository = codes.includes("NAME_UNKNOWN");
  return {
    message,
    next: [
      isRepository
        ? `Check its spelling; registry://${registry} without a name is all that the registry lists.`
        : "Check the address, and whether it is a registry.",
    ],
  };
}

function waiting({ retryAfterSeconds }: RegistryErrorView): readonly string[] {
  const slower = "PLIMSOLL_REGISTRY_RATE=N asks no more often than N times a second.";
  return retryAfterSeconds === undefined || retryAfterSeconds === 0
    ? [slower]
    : [`It asks to be left alone for ${Math.ceil(retryAfterSeconds)} s.`, slower];
}
