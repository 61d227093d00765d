import type { EngineEndpoint } from "../ports/engine-endpoint.ts";
import { targetProblem, type TargetProblem } from "./target-problem.ts";

const PLAIN_PORT = 2375;
const TLS_PORT = 2376;
const FORMS = "Use unix:///path/docker.sock, tcp://host:port or ssh://[user@]host[:port].";

/** Parses an engine's address as docker's `-H` and DOCKER_HOST take it. `encrypted` decides the default port of `tcp://`. */
export function parseEngineAddress(
  text: string,
  encrypted = false,
): EngineEndpoint | TargetProblem {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  switch (scheme) {
    case "unix":
      return parseUnixAddress(text);
    case "tcp":
    case "ssh":
      return parseNetworkAddress(scheme, text, encrypted);
    case "npipe":
      return targetProblem(
        text,
        "Windows named pipes are not supported.",
        "Let the engine listen on tcp:// with TLS, or reach it over ssh://.",
      );
    case undefined:
      return targetProblem(withoutSecrets(text), "An engine's address needs a scheme.", FORMS);
    default:
      return targetProblem(
        withoutSecrets(text),
        `An engine cannot be reached over "${scheme}".`,
        FORMS,
      );
  }
}

function parseUnixAddress(text: string): EngineEndpoint | TargetProblem {
  const socketPath = text.slice("unix://".length);
  if (socketPath.startsWith("/")) return { kind: "unix", socketPath };
  return targetProblem(
    text,
    "The path of a unix socket must be absolute.",
    "Write it with three slashes: unix:///path/docker.sock.",
  );
}

function parseNetworkAddress(
  scheme: "tcp" | "ssh",
  text: string,
  encrypted: boolean,
): EngineEndpoint | TargetProblem {
  const subject = withoutSecrets(text);
  // `http` gives tcp and ssh the host rules of the web: lower case, brackets, no spaces.
  const url = URL.parse(text.replace(/^[a-z]+/i, "http"));
  if (url === null || url.search !== "" || url.hash !== "") {
    return targetProblem(subject, "It is not an address.", FORMS);
  }
  if (url.password !== "") {
    return targetProblem(
      subject,
      "An address must not hold a password.",
      "Use an SSH key, or TLS certificates.",
    );
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = portIn(text);
  const path = url.pathname === "/" ? undefined : decodeURIComponent(url.pathname);
  if (scheme === "tcp") {
    if (url.username !== "") return targetProblem(subject, "tcp:// takes no user name.", FORMS);
    if (path !== undefined) return targetProblem(subject, "tcp:// takes no path.", FORMS);
    return { kind: "tcp", host, port: port ?? (encrypted ? TLS_PORT : PLAIN_PORT) };
  }
  const user = decodeURIComponent(url.username);
  if (host.startsWith("-") || user.startsWith("-")) {
    return targetProblem(subject, 'ssh would read what starts with "-" as an option.', FORMS);
  }
  return {
    kind: "ssh",
    host,
    ...(user === "" ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    ...(path === undefined ? {} : { socketPath: path }),
  };
}

/** A URL hides the port that is its scheme's default, and ours is borrowed. */
function portIn(text: string): number | undefined {
  const authority = /^[a-z]+:\/\/([^/]*)/i.exec(text)?.[1] ?? "";
  const port = /:(\d+)$/.exec(authority)?.[1];
  return port === undefined ? undefined : Number(port);
}

/** For messages: whatever stands where a password would is hidden. */
function withoutSecrets(text: string): string {
  return text.replace(/(:\/\/[^/@:]*):[^@]*@/, "$1:***@");
}
