/** What a registry asks for (RFC 9110, section 11.6.1; distribution, docs/spec/auth/token.md). */
export interface Challenge {
  /** In lower case: `bearer`, `basic`. */
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const NEXT_SCHEME = /^\s*,?\s*([A-Za-z][\w-]*)(?:\s+|$)/;
const PARAMETER = /^\s*,?\s*([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/;

/** Reads a `WWW-Authenticate` header, which may hold several challenges; what cannot be read ends it. */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: Challenge[] = [];
  let rest = header;
  for (;;) {
    const scheme = NEXT_SCHEME.exec(rest);
    if (scheme === null) return challenges;
    rest = rest.slice(scheme[0].length);
    const parameters: Record<string, string> = {};
    for (let found = PARAMETER.exec(rest); found !== null; found = PARAMETER.exec(rest)) {
      const [whole, name = "", quoted, plain = ""] = found;
      parameters[name.toLowerCase()] = quoted?.replace(/\\(.)/g, "$1") ?? plain;
      rest = rest.slice(whole.length);
    }
    challenges.push({ scheme: (scheme[1] ?? "").toLowerCase(), parameters });
  }
}
