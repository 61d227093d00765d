import { parseBareReference } from "../../../oci/reference.ts";
import { nearestWord } from "../nearest-word.ts";
import { mistake, type Mistake } from "./mistake.ts";

const ENGINE_SCHEMES = ["unix", "tcp", "ssh", "npipe", "docker", "podman"];

/** The name of a docker context, or an address with its scheme. */
export function readEngineAddress(text: string): string | Mistake {
  if (text === "") return mistake("is empty; an engine is wanted", "default");
  const [, scheme, rest] = /^([^/:]+)(:\/\/.*)$/.exec(text) ?? [];
  if (scheme === undefined || ENGINE_SCHEMES.includes(scheme)) return text;
  const near = nearestWord(scheme, ENGINE_SCHEMES);
  return mistake(
    `is no address of an engine, which begins with one of ${ENGINE_SCHEMES.map((each) => `${each}://`).join(", ")}`,
    near && `${near}${rest}`,
  );
}

/** A host with its port; `http://` in front is without TLS. */
export function readRegistryAddress(text: string): string | Mistake {
  const [, scheme = "https", host = ""] = /^(?:([^/:]+):\/\/)?(.*?)\/*$/.exec(text) ?? [];
  if (scheme !== "http" && scheme !== "https") {
    return mistake("is no address of a registry: it is spoken to by https", `https://${host}`);
  }
  if (host.includes("/")) {
    const address = text.slice(0, text.indexOf(host) + host.indexOf("/"));
    return mistake("is more than a registry; its repositories stand under repositories:", address);
  }
  const name = parseBareReference(`${host}/any`);
  return "kind" in name || name.registry !== host
    ? mistake("is no address of a registry, such as https://registry.example.com")
    : text;
}
