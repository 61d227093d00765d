import { expect, test } from "vitest";

import type { DockerGlobals } from "../cli/docker-plugin.ts";
import { readSettings } from "../config/read-settings.ts";
import { withDockerGlobals } from "./docker-globals.ts";

const BOTH = { DOCKER_HOST: "tcp://env:2375", DOCKER_CONTEXT: "env" };

const rows: readonly (readonly [string, object, Partial<DockerGlobals>, object])[] = [
  ["nothing", BOTH, {}, { host: "tcp://env:2375", context: "env", tls: "off" }],
  ["-c goes before DOCKER_HOST", BOTH, { context: "given" }, { host: undefined, context: "given" }],
  [
    "-c default is where DOCKER_HOST points",
    BOTH,
    { context: "default" },
    { host: "tcp://env:2375", context: "default" },
  ],
  [
    "-H goes before DOCKER_CONTEXT",
    BOTH,
    { host: "ssh://b" },
    { host: "ssh://b", context: undefined },
  ],
  ["--config", {}, { configFolder: "/etc/d" }, { configDir: "/etc/d", certDir: "/etc/d" }],
  [
    "--config, certificates elsewhere",
    { DOCKER_CERT_PATH: "/c" },
    { configFolder: "/d" },
    { certDir: "/c" },
  ],
  ["--tls", {}, { switches: ["--tls"] }, { tls: "unverified" }],
  ["--tlsverify", {}, { switches: ["--tlsverify"] }, { tls: "verified" }],
  ["--tlscacert", {}, { tlsCaCert: "/certs/ca.pem" }, { certDir: "/certs" }],
];

test.each(rows)("%s", (_, environment, globals, expected) => {
  const settings = readSettings({ ...environment }, "/home/me", 1000);
  const { docker } = withDockerGlobals(settings, { switches: [], ...globals });
  expect({ host: undefined, context: undefined, ...docker }).toMatchObject(expected);
});
