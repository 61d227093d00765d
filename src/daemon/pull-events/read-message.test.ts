import { describe, expect, test } from "vitest";

import { MalformedEvent } from "./event-fields.ts";
import { isScanner } from "./known-scanners.ts";
import { readMessage } from "./read-message.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const NOW = "2026-11-21T12:00:00.000Z";
const PULLED = {
  registry: "host:5000",
  repository: "team/app",
  digest: DIGEST,
  at: "2026-11-20T08:00:00.000Z",
};

interface DistributionWords {
  readonly action?: string;
  readonly method?: string;
  readonly agent?: string;
  readonly type?: string;
  readonly at?: string;
}

function envelope(...events: readonly DistributionWords[]): string {
  return JSON.stringify({
    events: events.map(
      ({
        action = "pull",
        method = "GET",
        agent = "docker/28.5.2",
        type = "application/vnd.oci.image.index.v1+json",
        at = "2026-11-20T09:00:00+01:00",
      }) => ({
        id: "1",
        timestamp: at,
        action,
        target: { mediaType: type, digest: DIGEST, repository: "team/app", tag: "1" },
        request: { id: "2", addr: "10.0.0.1:1", host: "host:5000", method, useragent: agent },
      }),
    ),
  });
}

describe("distribution", () => {
  const rows: readonly [what: string, event: DistributionWords, pulls: readonly object[]][] = [
    ["a pull by tag: the digest that the tag meant", {}, [PULLED]],
    ["a HEAD is no pull", { method: "HEAD" }, []],
    ["a blob is no manifest", { type: "application/octet-stream" }, []],
    ["a push is no pull", { action: "push", method: "PUT" }, []],
    ["our own scan", { agent: "plimsoll" }, []],
    ["a scanner", { agent: "Trivy/0.57 (linux)" }, []],
    ["one that was named", { agent: "inhouse-mirror/2" }, []],
    ["skopeo may be a mirror on the way to a host", { agent: "skopeo/1.16" }, [PULLED]],
    ["a clock that is ahead", { at: "2027-01-01T00:00:00Z" }, [{ ...PULLED, at: NOW }]],
    ["a time that is none", { at: "yesterday" }, [{ ...PULLED, at: NOW }]],
  ];
  test.each(rows)("%s", (_, event, pulls) => {
    const told = readMessage(envelope(event), { now: NOW, ignoredAgents: ["inhouse-"] });
    expect(told).toEqual({ registries: ["host:5000"], pulls });
  });

  test("filed under the name that was said", () => {
    const told = readMessage(envelope({}), { now: NOW, registry: "registry.example.com" });
    expect(told).toEqual({
      registries: ["registry.example.com"],
      pulls: [{ ...PULLED, registry: "registry.example.com" }],
    });
  });
});

const HARBOR_DATA = {
  resources: [{ digest: DIGEST, tag: "1", resource_url: "harbor.example.com/team/app:1" }],
  repository: { name: "app", namespace: "team", repo_full_name: "team/app" },
};
const HARBOR_PULL = { ...PULLED, registry: "harbor.example.com" };

describe("Harbor", () => {
  test.each([
    [
      "its own form",
      {
        type: "PULL_ARTIFACT",
        occur_at: 1_795_248_000,
        operator: "robot",
        event_data: HARBOR_DATA,
      },
      [{ ...HARBOR_PULL, at: "2026-11-21T08:00:00.000Z" }],
    ],
    [
      "a CloudEvent",
      {
        specversion: "1.0",
        type: "harbor.artifact.pulled",
        time: "2026-11-20T08:00:00Z",
        data: HARBOR_DATA,
      },
      [HARBOR_PULL],
    ],
    ["a push", { type: "PUSH_ARTIFACT", occur_at: 1_795_248_000, event_data: HARBOR_DATA }, []],
  ])("%s", (_, message, pulls) => {
    expect(readMessage(JSON.stringify(message), { now: NOW })).toEqual({
      registries: ["harbor.example.com"],
      pulls,
    });
  });
});

test.each([
  [
    "distribution's actor",
    { events: [{ ...JSON.parse(envelope({})).events[0], actor: { name: "plimsoll" } }] },
  ],
  [
    "Harbor's operator",
    { type: "PULL_ARTIFACT", occur_at: 1, operator: "plimsoll", event_data: HARBOR_DATA },
  ],
  [
    "a CloudEvent's operator",
    {
      specversion: "1.0",
      type: "harbor.artifact.pulled",
      operator: "plimsoll",
      data: HARBOR_DATA,
    },
  ],
])("what a user pulls who is left out: %s", (_, message) => {
  const read = (...ignoredUsers: readonly string[]) =>
    readMessage(JSON.stringify(message), { now: NOW, ignoredUsers }).pulls.length;
  expect(read("plimsoll")).toBe(0);
  expect(read("somebody")).toBe(1);
});

const DTR_MESSAGE = {
  type: "TAG_PULL",
  createdAt: "2026-11-20T08:00:00Z",
  contents: {
    namespace: "team",
    repository: "app",
    tag: "1",
    digest: DIGEST,
    imageName: "team/app:1",
  },
  location: "/repositories/team/app/tags/1",
};

describe("DTR", () => {
  test.each([
    ["a pull", DTR_MESSAGE, [PULLED]],
    ["a push", { ...DTR_MESSAGE, type: "TAG_PUSH" }, []],
  ])("%s", (_, message, pulls) => {
    expect(readMessage(JSON.stringify(message), { now: NOW, registry: "host:5000" })).toEqual({
      registries: ["host:5000"],
      pulls,
    });
  });
});

test.each([
  ["TAG_PULL", "host:5000/team/app:1"],
  ["MANIFEST_PULL", `host:5000/team/app@${DIGEST}`],
])("DTR: %s names its registry in the name of the image: %s", (type, imageName) => {
  const contents = { ...DTR_MESSAGE.contents, imageName };
  const message = JSON.stringify({ ...DTR_MESSAGE, type, contents });
  expect(readMessage(message, { now: NOW })).toEqual({
    registries: ["host:5000"],
    pulls: [PULLED],
  });
});

describe("what is none of these is refused whole", () => {
  test.each([
    ["no JSON", "{", "the message is not JSON"],
    ["a list", "[]", "the message is no object"],
    ["something else", "{}", "the message is neither"],
    ["events that are none", '{"events":1}', "events is no list"],
    ["an event without a request", '{"events":[{"action":"pull"}]}', "request is no object"],
    ["a digest that is none", envelope({}).replace(DIGEST, "sha256:1"), "digest is no digest"],
    ["a DTR without a name", JSON.stringify(DTR_MESSAGE), "--registry"],
    [
      "a Harbor artifact without a digest",
      JSON.stringify({
        type: "PULL_ARTIFACT",
        event_data: { ...HARBOR_DATA, resources: [{ resource_url: "h/a:1" }] },
      }),
      "digest is no text",
    ],
  ])("%s", (_, text, detail) => {
    const read = () => readMessage(text, { now: NOW });
    expect(read).toThrow(MalformedEvent);
    expect(read).toThrow(detail);
  });
});

test.each([
  ["plimsoll", true],
  ["Grype 0.8", true],
  ["containerd/2.1", false],
  ["", false],
])("user agent %j is a scanner: %s", (agent, is) => {
  expect(isScanner(agent)).toBe(is);
});
