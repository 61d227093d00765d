import type { EngineEndpoint } from "../ports/engine-endpoint.ts";
import { parseEngineAddress } from "./engine-address.ts";
import { isTargetProblem, targetProblem, type TargetProblem } from "./target-problem.ts";

/** What `--target` names, before anything is looked up. */
export type TargetSpec =
  | { readonly kind: "current-context" }
  | { readonly kind: "context"; readonly name: string }
  | { readonly kind: "engine"; readonly address: string; readonly endpoint: EngineEndpoint }
  | { readonly kind: "podman" }
  | { readonly kind: "layout"; readonly directory: string };

const CONTEXT_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.+-]*$/;
const FORMS =
  "Use a docker context's name, docker://, unix:///path, tcp://host:port, ssh://user@host, podman:// or oci:DIRECTORY.";

/** Parses `--target`. `encrypted` is the environment's word on `tcp://`, which decides its default port. */
export function parseTarget(text: string, encrypted = false): TargetSpec | TargetProblem {
  if (text === "") return targetProblem("the target", "Its name is empty.", FORMS);
  if (text.startsWith("oci:")) return layoutTarget(text);
  if (text.startsWith("context:")) return contextTarget(text, text.slice("context:".length));
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//.exec(text)?.[1];
  switch (scheme) {
    case undefined:
      return contextTarget(text, text);
    case "docker":
      return text === "docker://"
        ? { kind: "current-context" }
        : contextTarget(text, text.slice("docker://".length));
    case "podman":
      if (text === "podman://") return { kind: "podman" };
      return targetProblem(
        text,
        "podman:// takes no address.",
        "Name the socket itself: unix:///path/podman.sock.",
      );
    case "registry":
      return targetProblem(text, "Registries are not supported yet.", FORMS);
    case "unix":
    case "tcp":
    case "ssh":
    case "npipe": {
      const endpoint = parseEngineAddress(text, encrypted);
      return isTargetProblem(endpoint) ? endpoint : { kind: "engine", address: text, endpoint };
    }
    default:
      return targetProblem(text, `"${scheme}://" is no kind of target.`, FORMS);
  }
}

function layoutTarget(text: string): TargetSpec | TargetProblem {
  const directory = text.slice("oci:".length);
  if (directory !== "") return { kind: "layout", directory };
  return targetProblem(
    text,
    "It names no directory.",
    "Write the path of an OCI image layout: oci:./images.",
  );
}

function contextTarget(text: string, name: string): TargetSpec | TargetProblem {
  if (CONTEXT_NAME.test(name)) return { kind: "context", name };
  return targetProblem(text, "It is neither an address nor the name of a docker context.", FORMS);
}
