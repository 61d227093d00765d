import { describe, expect, test } from "vitest";

import { planFor, type HostWords } from "../../test/fixtures/host-in-words.ts";
import type { Policy } from "../policy/policy.ts";

const HOUR = 3_600_000;
const POLICY: Partial<Policy> = {
  containers: [{ name: "exited", states: ["exited", "created"], within: HOUR }],
  volumes: [{ name: "anonymous-volumes", which: "anonymous", within: HOUR }],
  networks: [{ name: "unused-networks", within: HOUR }],
  buildCache: [{ name: "build-cache", within: HOUR }],
};

/** Each decision but those about images on a line: what goes with its reason, what stays with its rule and reason. */
function decisions(host: HostWords, policy: Partial<Policy> = {}): readonly string[] {
  const { actions, kept } = planFor(host, { ...POLICY, ...policy });
  return [
    ...actions.map(({ kind, subject, reason }) => `${kind} ${subject}: ${reason}`),
    ...kept
      .filter(({ subject }) => !subject.startsWith("sha256:"))
      .map(
        ({ subject, reasons }) =>
          `keep ${subject}: ${reasons.map(({ rule, detail }) => `${rule}: ${detail}`).join("; ")}`,
      ),
  ];
}

describe("why a resource goes or stays", () => {
  test.each<[what: string, host: HostWords, expected: readonly string[], policy?: Partial<Policy>]>(
    [
      [
        "containers",
        {
          containers: {
            ended: { state: "exited", ended: "2h" },
            fresh: { state: "exited", ended: "30m" },
            never: { state: "created", created: "3d" },
            odd: { state: "exited", started: "3d" },
            up: { state: "paused" },
          },
        },
        [
          "remove-container container-ended: ended 2h ago, kept only for 1h",
          "remove-container container-never: never started, created 3d ago, kept only for 1h",
          "keep container-fresh: exited: ended 30m ago; kept until 2026-11-21 12:30",
          "keep container-odd: age-unknown: when it ended is unknown",
          "keep container-up: in-use: the container is paused",
        ],
      ],
      [
        "a container without the label that the rule asks for",
        {
          containers: {
            ended: { state: "exited", ended: "2h", labels: { job: "1" } },
            other: { state: "exited", ended: "2h" },
          },
        },
        [
          "remove-container container-ended: ended 2h ago, kept only for 1h",
          "keep container-other: no-rule: no rule matches it",
        ],
        {
          containers: [
            {
              name: "exited",
              states: ["exited", "created"],
              within: HOUR,
              match: [{ label: "job" }],
            },
          ],
        },
      ],
      [
        "volumes",
        {
          containers: { up: { volumes: "used data" } },
          volumes: {
            old: { created: "2h" },
            fresh: { created: "30m" },
            odd: { created: "-" },
            used: {},
            data: { named: true },
            named: { named: true },
          },
        },
        [
          "remove-volume old: used by no container, created 2h ago, kept only for 1h",
          "keep container-up: in-use: the container is running",
          "keep data: in-use: used by container up",
          "keep fresh: anonymous-volumes: created 30m ago; kept until 2026-11-21 12:30",
          "keep named: no-rule: no rule names it",
          "keep odd: age-unknown: when it was created is unknown",
          "keep used: in-use: used by container up",
        ],
      ],
      [
        "networks, by name and by ID",
        {
          containers: {
            b: { networks: "byName" },
            a: { networks: "byName network-byName network-byId" },
          },
          networks: {
            old: { created: "2h" },
            byName: {},
            byId: {},
            swarm: { scope: "swarm" },
            host: { builtIn: true },
          },
        },
        [
          "remove-network network-old: used by no container, created 2h ago, kept only for 1h",
          "keep container-a: in-use: the container is running",
          "keep container-b: in-use: the container is running",
          "keep network-byId: in-use: used by container a",
          "keep network-byName: in-use: used by container a, container b",
          "keep network-swarm: in-use: used by the swarm",
        ],
      ],
      [
        "a protected label, on anything",
        {
          containers: { job: { state: "exited", ended: "2h", labels: { keep: "1" } } },
          volumes: { v1: { labels: { keep: "1" } } },
          networks: { n1: { labels: { keep: "1" } } },
        },
        [
          "keep container-job: protected: the policy protects it by a label",
          "keep v1: protected: the policy protects it by a label",
          "keep network-n1: protected: the policy protects it by a label",
        ],
        { protect: [{ label: "keep" }] },
      ],
      [
        "while the containers are not known",
        {
          volumes: { v1: {}, named: { named: true } },
          networks: { n1: {} },
          unread: ["containers"],
        },
        [
          "keep named: usage-unknown: the containers could not be read",
          "keep v1: usage-unknown: the containers could not be read",
          "keep network-n1: usage-unknown: the containers could not be read",
        ],
      ],
      [
        "while the containers do not say what they mount",
        { volumes: { v1: {} }, networks: { n1: {} }, unread: ["volumes"] },
        [
          "remove-network network-n1: used by no container, created 30d ago, kept only for 1h",
          "keep v1: usage-unknown: it is not known what uses it",
        ],
      ],
      [
        "the build cache",
        {
          cache: {
            old: { used: "2h" },
            fresh: { used: "30m" },
            odd: { used: "-" },
            busy: { used: "2h", inUse: true },
            below: { used: "2h" },
            above: { used: "30m", parents: "below" },
          },
        },
        ["prune-build-cache old: last used 2h ago, kept only for 1h"],
      ],
      [
        "a build cache that could not be read whole",
        { cache: { old: { used: "2h" } }, unread: ["build-cache"] },
        [],
      ],
      [
        "a build cache above its size",
        { cache: { old: { used: "20m" }, fresh: { used: "10m" } } },
        ["prune-build-cache old: last used 20m ago; the cache may take 1MB"],
        { buildCache: [{ name: "build-cache", within: HOUR, atMostBytes: 1_000_000 }] },
      ],
    ],
  )("%s", (_, host, expected, policy) => {
    expect(decisions(host, policy)).toEqual(expected);
  });

  test("nothing is said of what no rule of the policy is about", () => {
    const plan = planFor(
      { containers: { web: {} }, volumes: { v1: {} }, networks: { n1: {} }, cache: { a: {} } },
      {},
    );
    expect([...plan.actions, ...plan.kept]).toEqual([]);
  });
});

test("bytes: a container and a volume count their own, a shared cache record none", () => {
  const { actions, totals } = planFor(
    {
      images: { app: { blobs: "layer" } },
      containers: {
        job: { state: "exited", ended: "2h", sizeBytes: 1 },
        other: { state: "exited", ended: "2h" },
      },
      volumes: { v1: { sizeBytes: 20 }, v2: {} },
      cache: { own: { sizeBytes: 300 }, shared: { sizeBytes: 4000, shared: true, blobs: "layer" } },
    },
    { ...POLICY, images: [{ name: "all", match: {}, keep: {} }] },
  );
  expect(actions.map(({ kind, freesBytes }) => `${kind} ${freesBytes}`)).toEqual([
    "remove-container 1",
    "remove-container 0",
    "remove-volume 20",
    "remove-volume 0",
    "delete-image 0",
    "prune-build-cache 300",
    "prune-build-cache 1000000",
  ]);
  expect(totals.freesBytes).toBe(1_000_321);
});
