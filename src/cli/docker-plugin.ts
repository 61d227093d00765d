/** docker's own flags that may stand before a plug-in's name (docker CLI `cli/flags/options.go`). */
const VALUE_FLAGS: Readonly<Record<string, keyof DockerGlobals>> = {
  "--config": "configFolder",
  "-c": "context",
  "--context": "context",
  "-H": "host",
  "--host": "host",
  "--tlscacert": "tlsCaCert",
  "--tlscert": "tlsCert",
  "--tlskey": "tlsKey",
  "-l": "logLevel",
  "--log-level": "logLevel",
};
const SWITCHES = new Set(["-D", "--debug", "--tls", "--tlsverify"]);
const PLUGIN_NAME = "plimsoll";

/** What the user gave to docker itself. */
export interface DockerGlobals {
  readonly configFolder?: string;
  readonly context?: string;
  readonly host?: string;
  readonly tlsCaCert?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly logLevel?: string;
  readonly switches: readonly string[];
}

export interface PluginCall {
  readonly globals: DockerGlobals;
  readonly args: readonly string[];
}

/**
 * docker starts a plug-in with its own global flags, then the plug-in's name: `-c remote plimsoll plan`, and for
 * completion `__complete plimsoll plan`. Undefined when the words are not of that form: then it was not docker.
 */
export function readPluginCall(args: readonly string[]): PluginCall | undefined {
  const [first, second, ...rest] = args;
  if (first?.startsWith("__complete") && second === PLUGIN_NAME) {
    return { globals: { switches: [] }, args: [first, ...rest] };
  }
  const values: { -readonly [K in keyof DockerGlobals]?: string } = {};
  const switches: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? "";
    if (word === PLUGIN_NAME) return { globals: { ...values, switches }, args: args.slice(at + 1) };
    const [flag, inline] = splitFlag(word);
    const key = VALUE_FLAGS[flag];
    if (key !== undefined) {
      if (inline === undefined) at += 1;
      values[key] = inline ?? args[at] ?? "";
    } else if (SWITCHES.has(flag)) {
      switches.push(word);
    } else {
      return undefined;
    }
  }
  return undefined;
}

/** `--context=x` and `-cx` carry their value in the same word. */
function splitFlag(word: string): readonly [flag: string, value?: string] {
  if (word.startsWith("--")) {
    const equals = word.indexOf("=");
    return equals < 0 ? [word] : [word.slice(0, equals), word.slice(equals + 1)];
  }
  if (word.length > 2 && /^-[cHl]/.test(word))
    return [word.slice(0, 2), word.slice(2).replace(/^=/, "")];
  return [word];
}
