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
          "keep container-fresh: exited: ended 30m ago; kept for 1h",
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
          "keep fresh: anonymous-volumes: created 30m ago; kept for 1h",
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
        "containers by state, name, label and image, the first rule about each",
        {
          images: { app: { names: "team/app:1" }, moved: { names: "db:2" }, lost: {} },
          containers: {
            build1: { state: "exited", ended: "2h", image: "app" },
            build2: { state: "created", created: "2h", image: "app" },
            dead: { state: "dead", ended: "2h" },
            keeper: { state: "exited", ended: "2h", labels: { keep: "1" }, image: "app" },
            db: { state: "exited", ended: "2h", image: "moved", shown: `${"ab".repeat(32)}` },
            odd: { state: "exited", ended: "2h", image: "lost" },
          },
        },
        [
          "remove-container container-build1: ended 2h ago, kept only for 1h",
          "remove-container container-db: ended 2h ago, kept only for 1h",
          "keep container-build2: no-rule: no rule matches it",
          "keep container-dead: dead: ended 2h ago; kept for 1d",
          "keep container-keeper: rest: the rule makes an exception of it",
          'keep container-odd: usage-unknown: its image is known by no name, and the rule "rest" asks for it',
        ],
        {
          containers: [
            { name: "dead", states: ["exited"], match: [{ state: "dead" }], within: 24 * HOUR },
            {
              name: "rest",
              states: ["exited"],
              match: [{ name: "/^build/" }, { image: ["team/*", "db"] }],
              except: [{ label: "keep" }],
              within: HOUR,
            },
          ],
        },
      ],
      [
        "an exception that cannot be ruled out",
        {
          images: { lost: {} },
          containers: { odd: { state: "exited", ended: "2h", image: "lost" } },
        },
        ["keep container-odd: exited: the rule makes an exception of it"],
        {
          containers: [
            { name: "exited", states: ["exited"], except: [{ image: "db" }], within: HOUR },
          ],
        },
      ],
      [
        "volumes by name, label and driver, named ones only where a rule names them",
        {
          volumes: {
            ci1: { named: true },
            ci2: { named: true, labels: { keep: "1" } },
            data: { named: true },
            far: { named: true, driver: "nfs" },
            anonymous: {},
          },
        },
        [
          "remove-volume ci1: used by no container, created 30d ago, kept only for 1h",
          "keep anonymous: no-rule: no rule names it",
          "keep ci2: ci: the rule makes an exception of it",
          "keep data: no-rule: no rule names it",
          "keep far: no-rule: its driver nfs keeps it outside this host",
        ],
        {
          volumes: [
            { name: "all", which: "named", within: 0 },
            { name: "drivers", which: "named", match: [{}, { driver: "*" }], within: 0 },
            {
              name: "ci",
              which: "named",
              match: [{ name: "ci*" }],
              except: [{ label: "keep=1" }],
              within: HOUR,
            },
          ],
        },
      ],
      [
        "networks by name, the first rule about each",
        { networks: { ci: { created: "2h" }, other: { created: "2h" } } },
        [
          "remove-network network-other: used by no container, created 2h ago, kept only for 1h",
          "keep network-ci: ci: created 2h ago; kept for 1d",
        ],
        {
          networks: [
            { name: "ci", match: [{ name: "ci*" }], within: 24 * HOUR },
            { name: "rest", within: HOUR },
          ],
        },
      ],
      [
        "the build cache by kinds, rule after rule",
        {
          cache: {
            source: { type: "source.local", used: "30m" },
            mount1: { type: "exec.cachemount", used: "3h" },
            mount2: { type: "exec.cachemount", used: "2h" },
            step1: { used: "5h" },
            step2: { used: "4h" },
          },
        },
        [
          "prune-build-cache mount1: last used 3h ago; exec.cachemount may take 1MB",
          "prune-build-cache source: last used 30m ago, kept only for 10m",
          "prune-build-cache step1: last used 5h ago; the cache may take 2MB",
        ],
        {
          buildCache: [
            { name: "sources", types: ["source.local"], within: HOUR / 6 },
            { name: "mounts", types: ["exec.cachemount"], atMostBytes: 1_000_000 },
            { name: "all", atMostBytes: 2_000_000 },
          ],
        },
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
