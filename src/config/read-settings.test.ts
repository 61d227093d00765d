import { expect, test } from "vitest";
import { readSettings, type Settings } from "./read-settings.ts";

const DEFAULTS: Settings = {
  binDir: "/home/me/.local/state/plimsoll/bin",
  stateDir: "/home/me/.local/state/plimsoll",
  pullSpool: "/home/me/.local/state/plimsoll/pulls.jsonl",
  cacheDir: "/home/me/.cache/plimsoll",
  color: "auto",
  docker: { configDir: "/home/me/.docker", certDir: "/home/me/.docker", tls: "off" },
  registryCertificates: {
    folders: [
      "/home/me/.config/docker/certs.d",
      "/home/me/.config/containers/certs.d",
      "/etc/docker/certs.d",
      "/etc/containers/certs.d",
    ],
  },
  registryPace: {},
  aws: { credentialsFile: "/home/me/.aws/credentials", profile: "default" },
  kubeconfigs: ["/home/me/.kube/config"],
  environment: {},
  userId: 1000,
};

test.each([
  ["nothing", {}, {}],
  [
    "XDG folders",
    { XDG_STATE_HOME: "/s", XDG_CACHE_HOME: "/c" },
    {
      stateDir: "/s/plimsoll",
      binDir: "/s/plimsoll/bin",
      pullSpool: "/s/plimsoll/pulls.jsonl",
      cacheDir: "/c/plimsoll",
    },
  ],
  [
    "keys and a profile of Amazon",
    { AWS_PROFILE: "ci", AWS_ACCESS_KEY_ID: "id", AWS_SHARED_CREDENTIALS_FILE: "/c" },
    { aws: { credentialsFile: "/c", profile: "ci", accessKeyId: "id" } },
  ],
  [
    "an endpoint of Amazon's",
    { AWS_ENDPOINT_URL_ECR: "https://ecr.internal", AWS_DEFAULT_REGION: "eu-west-1" },
    {
      aws: {
        credentialsFile: "/home/me/.aws/credentials",
        profile: "default",
        ecrEndpoint: "https://ecr.internal",
        region: "eu-west-1",
      },
    },
  ],
  [
    "how often registries are asked",
    { PLIMSOLL_REGISTRY_RATE: "20", PLIMSOLL_REGISTRY_BUDGET: "" },
    { registryPace: { rate: "20" } },
  ],
  ["kubeconfig files", { KUBECONFIG: "/k/one::/k/two" }, { kubeconfigs: ["/k/one", "/k/two"] }],
  ["relative XDG folders", { XDG_STATE_HOME: "s", XDG_CACHE_HOME: "c" }, {}],
  [
    "own folders",
    { PLIMSOLL_STATE_DIR: "/s", PLIMSOLL_CACHE_DIR: "/c", XDG_STATE_HOME: "/x" },
    { stateDir: "/s", binDir: "/s/bin", pullSpool: "/s/pulls.jsonl", cacheDir: "/c" },
  ],
  [
    "a spool of its own",
    { PLIMSOLL_PULL_SPOOL: "/var/spool/pulls.jsonl" },
    { pullSpool: "/var/spool/pulls.jsonl" },
  ],
  [
    "empty variables",
    { PLIMSOLL_STATE_DIR: "", DOCKER_HOST: "", DOCKER_CONTEXT: "", NO_COLOR: "" },
    {},
  ],
  ["NO_COLOR", { NO_COLOR: "1" }, { color: "never" }],
  ["FORCE_COLOR", { FORCE_COLOR: "1", NO_COLOR: "1" }, { color: "always" }],
  ["FORCE_COLOR off", { FORCE_COLOR: "0" }, { color: "never" }],
  [
    "identities of the bin",
    { PLIMSOLL_BIN: "/disk/bin", PLIMSOLL_BIN_IDENTITY: "/k/key.txt" },
    { binDir: "/disk/bin", binIdentity: "/k/key.txt" },
  ],
  [
    "containerd's socket",
    { PLIMSOLL_CONTAINERD: "/run/c.sock" },
    { containerdAddress: "/run/c.sock" },
  ],
  [
    "proxies",
    { HTTPS_PROXY: "http://p:1", https_proxy: "http://q:2", NO_PROXY: "a,b" },
    { proxies: { httpsProxy: "http://q:2", noProxy: "a,b" } },
  ],
  [
    "certificates",
    { XDG_CONFIG_HOME: "/x", PLIMSOLL_REGISTRY_CA: "/ca.pem" },
    {
      registryCertificates: {
        folders: [
          "/x/docker/certs.d",
          "/x/containers/certs.d",
          "/etc/docker/certs.d",
          "/etc/containers/certs.d",
        ],
        caFile: "/ca.pem",
      },
    },
  ],
  ["exceptions without a proxy", { NO_PROXY: "a" }, {}],
  ["a runtime folder", { XDG_RUNTIME_DIR: "/run/user/1000" }, { runtimeDir: "/run/user/1000" }],
])("%s", (_name, env, expected) => {
  expect(readSettings(env, "/home/me", 1000)).toEqual({
    ...DEFAULTS,
    ...expected,
    environment: env,
  });
});

test.each([
  [
    "host and context",
    { DOCKER_HOST: "tcp://h", DOCKER_CONTEXT: "c" },
    { host: "tcp://h", context: "c" },
  ],
  ["an API version", { DOCKER_API_VERSION: "v1.44" }, { apiVersion: "1.44" }],
  ["its folder", { DOCKER_CONFIG: "/d" }, { configDir: "/d", certDir: "/d" }],
  [
    "certificates",
    { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/certs" },
    { tls: "verified", certDir: "/certs" },
  ],
  ["encryption alone", { DOCKER_TLS: "1" }, { tls: "unverified" }],
])("docker's variables: %s", (_name, env, expected) => {
  expect(readSettings(env, "/home/me", 1000).docker).toEqual({ ...DEFAULTS.docker, ...expected });
});
