import { VENDOR_NAMES, type VendorName } from "../inventory/registry-vendor.ts";
import { parseBareReference } from "../oci/reference.ts";
import type { EngineEndpoint } from "../ports/engine-endpoint.ts";
import { parseEngineAddress } from "./engine-address.ts";
import { isTargetProblem, targetProblem, type TargetProblem } from "./target-problem.ts";

/** What `--target` names, before anything is looked up. */
export type TargetSpec =
  | { readonly kind: "current-context" }
  | { readonly kind: "context"; readonly name: string }
  | { readonly kind: "engine"; readonly address: string; readonly endpoint: EngineEndpoint }
  | { readonly kind: "podman" }
  | { readonly kind: "layout"; readonly directory: string }
  | RegistryTarget;

export interface RegistryTarget {
  readonly kind: "registry";
  /** With its port, where one is given. */
  readonly host: string;
  /** Only this repository; absent for all that the registry lists. */
  readonly repository?: string;
  /** `http://` was written: without TLS. */
  readonly plainHttp?: true;
  /** What stands behind it, where that is not to be found out. */
  readonly vendor?: VendorName;
}

const CONTEXT_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.+-]*$/;
const FORMS =
  "Use a docker context's name, docker://, unix:///path, tcp://host:port, ssh://user@host, podman://, oci:DIRECTORY or registry://host[/repository].";

/** Parses `--target`. `encrypted` is the environment's word on `tcp://`, which decides its default port. */
export function parseTarget(text: string, encrypted = false): TargetSpec | TargetProblem {
  if (text === "") return targetProblem("the target", "Its name is empty.", FORMS);
  if (text.startsWith("oci:")) return layoutTarget(text);
  if (text.startsWith("context:")) return contextTarget(text, text.slice("context:".length));
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//.exec(text)?.[1];
  if (scheme?.startsWith("registry+"))
    return vendorTarget(text, scheme.slice("registry+".length), text.slice(scheme.length + 3));
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
      return registryTarget(text, text.slice("registry://".length));
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

/** `registry://host/repository`; `registry://http://host` speaks without TLS. */
function registryTarget(text: string, rest: string): RegistryTarget | TargetProblem {
  const [, scheme, host = "", repository = ""] =
    /^(https?:\/\/)?([^/]*)\/?(.*?)\/?$/.exec(rest) ?? [];
  const name = parseBareReference(`${host}/${repository || "any"}`);
  if ("kind" in name || name.registry !== host || name.tag !== undefined)
    return targetProblem(
      text,
      "tag" in name && name.registry === host ? "It names an image." : "It names no registry.",
      "Write registry://host:port, or registry://host:port/repository for one of its repositories.",
    );
  return {
    kind: "registry",
    host,
    ...(repository === "" ? {} : { repository: name.repository }),
    ...(scheme === "http://" ? { plainHttp: true } : {}),
  };
}

/** `registry+harbor://host`: it is not asked what it is. */
function vendorTarget(text: string, word: string, rest: string): TargetSpec | TargetProblem {
  const vendor = VENDOR_NAMES.find((name) => name === word);
  if (vendor === undefined)
    return targetProblem(
      text,
      `"${word}" is no kind of registry.`,
      `Write registry://, or registry+VENDOR:// with one of ${VENDOR_NAMES.join(", ")}.`,
    );
  const target = registryTarget(text, rest);
  return isTargetProblem(target) ? target : { ...target, vendor };
}

function contextTarget(text: string, name: string): TargetSpec | TargetProblem {
  if (CONTEXT_NAME.test(name)) return { kind: "context", name };
  return targetProblem(text, "It is neither an address nor the name of a docker context.", FORMS);
}
