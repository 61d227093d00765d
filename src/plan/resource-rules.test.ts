import { describe, expect, test } from "vitest";

import { planFor, type HostWords } from "../../test/fixtures/host-in-words.ts";
import type { Policy } from "../policy/policy.ts";

const HOUR = 3_600_000;

/** Each decision but those about images on a line: what goes with its reason, what stays with its rule and reason. */
function decisions(host: HostWords, policy: Partial<Policy>): readonly string[] {
  const { actions, kept } = planFor(host, policy);
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

describe("ordered rules on", () => {
  test.each<[what: string, host: HostWords, expected: readonly string[], policy: Partial<Policy>]>([
    [
      "containers by state, name, label and image, the first rule about each",
      {
        images: { app: { names: "team/app:1" }, moved: { names: "db:2" }, lost: {} },
        containers: {
          build1: { state: "exited", ended: "2h", image: "app" },
          build2: { state: "created", created: "2h", image: "app" },
          dead: { state: "dead", ended: "2h" },
          keeper: { state: "exited", ended: "2h", labels: { keep: "1" }, image: "app" },
          db: { state: "exited", ended: "2h", image: "moved", shown: "ab".repeat(32) },
          odd: { state: "exited", ended: "2h", image: "lost" },
        },
      },
      [
        "remove-container container-build1: ended 2h ago, kept only for 1h",
        "remove-container container-db: ended 2h ago, kept only for 1h",
        "keep container-build2: no-rule: no rule matches it",
        "keep container-dead: dead: ended 2h ago; kept until 2026-11-22 10:00",
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
        "keep network-ci: ci: created 2h ago; kept until 2026-11-22 10:00",
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
  ])("%s", (_, host, expected, policy) => {
    expect(decisions(host, policy)).toEqual(expected);
  });
});
