import { expect, test } from "vitest";
import { parseTarget } from "./target-spec.ts";

test.each([
  ["docker://", { kind: "current-context" }],
  ["docker://build-box", { kind: "context", name: "build-box" }],
  ["context:build-box", { kind: "context", name: "build-box" }],
  ["build-box", { kind: "context", name: "build-box" }],
  ["default", { kind: "context", name: "default" }],
  ["podman://", { kind: "podman" }],
  ["oci:images", { kind: "layout", directory: "images" }],
  [
    "registry+dtr://host.example/org/app",
    { kind: "registry", host: "host.example", repository: "org/app", vendor: "dtr" },
  ],
  ["registry://host:5000", { kind: "registry", host: "host:5000" }],
  [
    "registry://host.example/team/app/",
    { kind: "registry", host: "host.example", repository: "team/app" },
  ],
  ["registry://http://host:80", { kind: "registry", host: "host:80", plainHttp: true }],
  ["oci:/srv/a b:c", { kind: "layout", directory: "/srv/a b:c" }],
  [
    "unix:///run/docker.sock",
    { kind: "engine", endpoint: { kind: "unix", socketPath: "/run/docker.sock" } },
  ],
  ["tcp://host:1", { kind: "engine", endpoint: { kind: "tcp", host: "host", port: 1 } }],
  ["ssh://me@host", { kind: "engine", endpoint: { kind: "ssh", host: "host", user: "me" } }],
])("%s", (text, expected) => {
  expect(parseTarget(text)).toMatchObject(expected);
});

test.each([
  ["", "empty"],
  ["oci:", "no directory"],
  ["docker://a/b", "neither"],
  ["context:", "neither"],
  ["context:../escape", "neither"],
  ["/var/run/docker.sock", "neither"],
  ["./images", "neither"],
  ["podman://host", "takes no address"],
  ["registry+nosuch://host", "no kind of registry"],
  ["registry://", "no registry"],
  ["registry://host:5000/app:tag", "names an image"],
  ["registry://host:5000/App", "no registry"],
  ["npipe:////./pipe/docker_engine", "named pipes"],
  ["https://host", '"https://"'],
  ["unix://relative", "absolute"],
])("%j is a problem", (text, cause) => {
  expect(parseTarget(text)).toMatchObject({
    kind: "target-problem",
    subject: expect.stringMatching(/\w/),
    cause: expect.stringContaining(cause),
    nextStep: expect.stringMatching(/\w/),
  });
});
