import { dirname } from "node:path";

import type { DockerGlobals } from "../cli/docker-plugin.ts";
import type { Settings } from "../config/read-settings.ts";

/** What was given to docker itself goes before what the environment says. */
export function withDockerGlobals(settings: Settings, globals: DockerGlobals): Settings {
  const { host, context, ...others } = settings.docker;
  const configDir = globals.configFolder ?? others.configDir;
  const certDir = others.certDir === others.configDir ? configDir : others.certDir;
  const chosen = chooseEngine(globals, { host, context });
  const pem = globals.tlsCaCert ?? globals.tlsCert ?? globals.tlsKey;
  return {
    ...settings,
    docker: {
      ...others,
      ...(chosen.host === undefined ? {} : { host: chosen.host }),
      ...(chosen.context === undefined ? {} : { context: chosen.context }),
      configDir,
      certDir: pem === undefined ? certDir : dirname(pem),
      tls: tlsOf(globals.switches, others.tls),
    },
  };
}

interface Choice {
  readonly host?: string | undefined;
  readonly context?: string | undefined;
}

function chooseEngine({ host, context }: DockerGlobals, environment: Choice): Choice {
  if (host !== undefined) return { host };
  if (context === undefined) return environment;
  // docker's default context is where DOCKER_HOST points.
  return context === "default" ? { host: environment.host, context } : { context };
}

function tlsOf(
  switches: readonly string[],
  fallback: Settings["docker"]["tls"],
): Settings["docker"]["tls"] {
  if (switches.includes("--tlsverify")) return "verified";
  return switches.includes("--tls") ? "unverified" : fallback;
}
