import { parseBareReference } from "../../../oci/reference.ts";
import { mistake, type Mistake } from "./mistake.ts";
import type { PatternOn } from "./pattern-on.ts";

/** Why a glob can never match: no text of that kind looks like it. */
export function checkName(text: string, on: PatternOn): Mistake | undefined {
  return CHECKS[on]?.(text);
}

const CHECKS: Readonly<Partial<Record<PatternOn, (text: string) => Mistake | undefined>>> = {
  reference(text) {
    if (text.includes("@") || /^sha\d+:/.test(text)) {
      return mistake('has a digest; by digest an image is matched with digest: "sha256:…"');
    }
    if (text.endsWith(":")) return mistake("ends without a tag", text.slice(0, -1));
    return checkPath(text) ?? impossible(text, "a name");
  },
  registry(text) {
    const host = text.replace(/^[a-z]+:\/\//, "");
    if (text.includes("/")) {
      return mistake("is not only the host of a registry", host.replace(/\/.*/, ""));
    }
    return impossible(text, "a registry", (example) => `${example}/x`);
  },
  repository(text) {
    const [, path, tag] = /^(.*):([^/]+)$/.exec(text) ?? [];
    if (path !== undefined && tag !== undefined) {
      return mistake("has a tag; reference: is on repository and tag, tag: on the tag alone", path);
    }
    return checkPath(text) ?? impossible(text, "a repository");
  },
  tag(text) {
    if (/[:/]/.test(text) && !text.includes("[")) {
      return mistake('has ":" or "/", which no tag has', text.replace(/^.*[:/]/, "") || undefined);
    }
    return impossible(text, "a tag", (example) => `x:${example}`);
  },
  digest(text) {
    if (/^[^:]*[*[]/.test(text)) return undefined;
    if (!text.includes(":")) {
      const hex = /^[0-9a-f]+$/.test(text) ? `sha256:${text}*` : undefined;
      return mistake("has no algorithm, as in sha256:…", hex);
    }
    return /^sha256:[0-9a-f]{0,63}$/.test(text)
      ? mistake("is not a whole digest", `${text}*`)
      : undefined;
  },
  platform: (text) =>
    text.includes("/") || text === "**"
      ? undefined
      : mistake("has no operating system in front, as in linux/amd64", `linux/${text}`),
  label: (text) => (text.startsWith("=") ? mistake("has no key in front of its value") : undefined),
};

/** Registries may be in upper case, paths never are. */
function checkPath(text: string): Mistake | undefined {
  if (text.endsWith("/")) return mistake("ends with /, as no name does", `${text}**`);
  const path = text.replace(/:[^/]*$/, "").replace(/^[^/]*[.:][^/]*\//, "");
  return /[A-Z]/.test(path) && !path.includes("[")
    ? mistake(
        "has upper-case letters, which no repository has",
        text.replace(path, path.toLowerCase()),
      )
    : undefined;
}

/** A digit may stand anywhere in a name: where one in place of each wildcard makes none, nothing does. */
function impossible(
  text: string,
  kind: string,
  nameOf = (example: string): string => example,
): Mistake | undefined {
  const example = text.replaceAll(
    /\\(.)|\[.[^\]]*\]|\*+|\?/g,
    (_, escaped?: string) => escaped ?? "0",
  );
  return "kind" in parseBareReference(nameOf(example))
    ? mistake(`is not how ${kind} looks`)
    : undefined;
}
