import type { BuildCacheRule, ContainerRule, Policy, VolumeRule } from "../../src/policy/policy.ts";
import { DAY, describeCases, everyImage, HOUR, preset } from "./case-table.ts";

const exited = (within: number, more: Partial<ContainerRule> = {}): Partial<Policy> => ({
  containers: [{ name: "exited", states: ["exited", "created"], within, ...more }],
});
const networks: Partial<Policy> = { networks: [{ name: "networks", within: HOUR }] };
const cache = (rule: Omit<BuildCacheRule, "name">): Partial<Policy> => ({
  buildCache: [{ name: "cache", ...rule }],
});
const volumes = (...which: readonly VolumeRule["which"][]): Partial<Policy> => ({
  volumes: which.map((each) => ({
    name: `${each}-volumes`,
    which: each,
    within: HOUR,
    ...(each === "named" ? { match: [{ name: "*" }] } : {}),
  })),
});
const container = (state: string, ended?: string) => ({
  job: { state, created: "30d", ...(ended === undefined ? {} : { ended }) },
});

describeCases("containers", [
  {
    id: "B3",
    what: "ended within the grace: it stays, and so does its image",
    host: {
      images: { app: {} },
      containers: { job: { image: "app", state: "exited", ended: "30m" } },
    },
    policy: { ...everyImage({ within: HOUR }), ...exited(HOUR) },
    deletes: "",
    removes: "",
    keeps: { app: "in-use", "container-job": "exited" },
  },
  {
    id: "B4",
    what: "ended before: it goes, and its image in the same plan",
    host: {
      images: { app: {} },
      containers: { job: { image: "app", state: "exited", ended: "2h" } },
    },
    policy: { ...everyImage({ within: HOUR }), ...exited(HOUR) },
    deletes: "app",
    removes: "job",
  },
  {
    id: "B6",
    what: "the image stays while another container uses it",
    host: {
      images: { app: {} },
      containers: { job: { image: "app", state: "exited", ended: "2h" }, web: { image: "app" } },
    },
    policy: { ...everyImage(), ...exited(HOUR) },
    deletes: "",
    removes: "job",
    keeps: { app: "in-use" },
  },
  {
    id: "B5",
    what: "never started: its age is that of its creation",
    host: {
      containers: {
        old: { state: "created", created: "2h" },
        young: { state: "created", created: "10m" },
      },
    },
    policy: exited(HOUR),
    deletes: "",
    removes: "old",
  },
  {
    id: "B8",
    what: "a protected one stays, and so does its image",
    host: {
      images: { app: {} },
      containers: { job: { image: "app", state: "exited", ended: "9d", labels: { keep: "" } } },
    },
    policy: { ...everyImage(), ...exited(HOUR), protect: [{ label: "keep" }] },
    deletes: "",
    removes: "",
    keeps: { app: "in-use", "container-job": "protected" },
  },
  {
    id: "B13",
    what: "a protected dead one as well",
    host: { containers: { job: { state: "dead", ended: "9d", labels: { keep: "yes" } } } },
    policy: { ...exited(HOUR), protect: [{ label: "keep=yes" }] },
    deletes: "",
    removes: "",
  },
  {
    id: "C1",
    what: "running: stays",
    host: { containers: container("running") },
    policy: exited(0),
    deletes: "",
    removes: "",
  },
  {
    id: "C3",
    what: "never started, created long ago: goes",
    host: { containers: container("created") },
    policy: exited(19 * DAY),
    deletes: "",
    removes: "job",
  },
  {
    id: "C4",
    what: "never started, created now: stays",
    host: { containers: { job: { state: "created", created: "0s" } } },
    policy: exited(0),
    deletes: "",
    removes: "",
  },
  {
    id: "C5",
    what: "ended long ago: goes",
    host: { containers: container("exited", "20d") },
    policy: exited(DAY),
    deletes: "",
    removes: "job",
  },
  {
    id: "C6",
    what: "ended after now, by another clock: stays",
    host: { containers: container("exited", "2026-11-22T00:00:00Z") },
    policy: exited(0),
    deletes: "",
    removes: "",
  },
  {
    id: "C7",
    what: "only the stopped one, once",
    host: { containers: { abcd: { state: "exited", ended: "20d" }, abbb: { state: "running" } } },
    policy: exited(DAY),
    deletes: "",
    removes: "abcd",
  },
  {
    id: "D1",
    what: "ended and never started go together",
    host: {
      containers: {
        ended: { state: "exited", ended: "1m" },
        never: { state: "created", created: "1m" },
      },
    },
    policy: exited(0),
    deletes: "",
    removes: "ended never",
  },
  {
    id: "D2",
    what: "a rule on what ended leaves what never started",
    host: {
      containers: {
        ended: { state: "exited", ended: "1m" },
        never: { state: "created", created: "1m" },
      },
    },
    policy: exited(0, { states: ["exited"] }),
    deletes: "",
    removes: "ended",
  },
  {
    id: "H8",
    differs: "what ended an hour ago is not old because it was created long ago",
    what: "the end counts, not the creation",
    host: {
      containers: {
        first: { state: "exited", created: "9d", ended: "3h" },
        second: { state: "exited", created: "9d", ended: "1h" },
      },
    },
    policy: exited(2 * HOUR),
    deletes: "",
    removes: "first",
  },
  {
    id: "H9",
    what: "a rule may ask for a label",
    host: {
      containers: Object.fromEntries(
        [["foo"], ["bar"], [], ["foobar"]].map((keys) => [
          keys.join() || "none",
          {
            state: "exited",
            ended: "9d",
            labels: Object.fromEntries(keys.map((key) => [key, ""])),
          },
        ]),
      ),
    },
    policy: exited(HOUR, { match: [{ label: "foo" }] }),
    deletes: "",
    removes: "foo",
  },
  {
    id: "C9",
    what: "nothing is excluded",
    host: {
      containers: { a: { state: "exited", ended: "9d" }, b: { state: "dead", ended: "9d" } },
    },
    policy: exited(HOUR),
    deletes: "",
    removes: "a b",
  },
  {
    id: "C10",
    what: "label keys are compared whole",
    host: {
      containers: Object.fromEntries(
        ["toot", "too", "toots", "foo"].map((key) => [
          key,
          { state: "exited", ended: "9d", labels: { [key]: "lol" } },
        ]),
      ),
    },
    policy: { ...exited(HOUR), protect: [{ label: "too" }, { label: "foo" }] },
    deletes: "",
    removes: "toot toots",
  },
  {
    id: "C12",
    what: "a label pattern is a key, or a key and its value",
    host: {
      containers: {
        key: { state: "exited", ended: "9d", labels: { voodoo: "1" } },
        pair: { state: "exited", ended: "9d", labels: { doo: "poo" } },
        other: { state: "exited", ended: "9d", labels: { doo: "x" } },
      },
    },
    policy: { ...exited(HOUR), protect: [{ label: "voo*" }, { label: "doo=poo" }] },
    deletes: "",
    removes: "other",
  },
  {
    id: "J19",
    what: "dead and long created go, newly created stay",
    host: {
      containers: {
        dead: { state: "dead", ended: "9d" },
        created: { state: "created", created: "9d" },
        fresh: { state: "created", created: "1m" },
      },
    },
    policy: exited(HOUR),
    deletes: "",
    removes: "created dead",
  },
  ...["no time", "0001-01-01T00:00:00Z", "-"].map((ended) => ({
    id: "J20",
    what: `ended "${ended}": stays`,
    host: { containers: container("exited", ended) },
    policy: exited(0),
    deletes: "",
    removes: "",
    keeps: { "container-job": "age-unknown" },
  })),
]);

describeCases("volumes and networks", [
  {
    id: "B2",
    what: "a volume without users",
    host: { volumes: { v1: {} } },
    policy: volumes("anonymous"),
    deletes: "",
    removes: "v1",
  },
  {
    id: "B1",
    what: "a rule on volumes where there are none",
    host: {},
    policy: volumes("anonymous", "named"),
    deletes: "",
    removes: "",
  },
  {
    id: "B12",
    what: "what a driver keeps outside this host stays",
    host: { volumes: { here: {}, there: { driver: "nfs" } } },
    policy: volumes("anonymous"),
    deletes: "",
    removes: "here",
    keeps: { there: "no-rule" },
  },
  {
    id: "H11-names",
    what: "a rule on named volumes takes those that it names",
    host: { volumes: { cache: { named: true }, data: { named: true } } },
    policy: {
      volumes: [{ name: "named", which: "named", match: [{ name: "cache*" }], within: HOUR }],
    },
    deletes: "",
    removes: "cache",
    keeps: { data: "no-rule" },
  },
  {
    id: "H9-volumes",
    what: "volumes by label, in or out",
    host: {
      volumes: { foo: { labels: { foo: "" } }, bar: { labels: { bar: "" } }, none: {} },
    },
    policy: {
      volumes: [
        { name: "foo", which: "anonymous", match: [{ label: "foo" }], within: HOUR },
        { name: "rest", which: "anonymous", except: [{ label: "bar" }], within: 60 * DAY },
      ],
    },
    deletes: "",
    removes: "foo",
    keeps: { none: "rest", bar: "rest" },
  },
  {
    id: "C26",
    what: "each volume without users",
    host: { volumes: { v2: {}, v1: {} } },
    policy: volumes("anonymous"),
    deletes: "",
    removes: "v1 v2",
  },
  {
    id: "E4",
    what: "what a container of this plan leaves behind waits for the next",
    host: {
      containers: { job: { state: "exited", ended: "9d", volumes: "v1" } },
      volumes: { v1: {} },
    },
    policy: { ...exited(HOUR), ...volumes("anonymous") },
    deletes: "",
    removes: "job",
    keeps: { v1: "in-use" },
  },
  {
    id: "H11",
    what: "anonymous ones by one rule, named ones by another",
    host: { volumes: { anonymous: {}, named: { named: true } } },
    policy: volumes("anonymous"),
    deletes: "",
    removes: "anonymous",
    keeps: { named: "no-rule" },
  },
  {
    id: "H11-all",
    what: "both where a rule names both",
    host: { volumes: { anonymous: {}, named: { named: true } } },
    policy: volumes("anonymous", "named"),
    deletes: "",
    removes: "anonymous named",
  },
  ...["dangling", "unused", "workstation", "ci", "production"].map((name) => ({
    id: "L9",
    what: `${name} removes no named volume`,
    host: { volumes: { data: { named: true as const, created: "900d" } } },
    policy: preset(name),
    deletes: "",
    removes: "",
  })),
  ...["created", "exited", "dead", "running"].map((state) => ({
    id: "L10",
    what: `a volume of a container that is ${state} is in use`,
    host: { containers: { db: { state, volumes: "data" } }, volumes: { data: {} } },
    policy: volumes("anonymous"),
    deletes: "",
    removes: "",
    keeps: { data: "in-use" },
  })),
  {
    id: "D4",
    what: "a network with a container stays, an empty one goes",
    host: {
      containers: { web: { networks: "used network-used" } },
      networks: { used: {}, empty: {} },
    },
    policy: networks,
    deletes: "",
    removes: "empty",
    keeps: { "network-used": "in-use" },
  },
  {
    id: "H9-networks",
    what: "networks by label, in or out",
    host: {
      networks: { foo: { labels: { foo: "" } }, bar: { labels: { bar: "" } }, none: {} },
    },
    policy: {
      networks: [
        { name: "foo", match: [{ label: "foo" }], within: HOUR },
        { name: "rest", except: [{ label: "bar" }], within: 60 * DAY },
      ],
    },
    deletes: "",
    removes: "foo",
    keeps: { "network-none": "rest", "network-bar": "rest" },
  },
  {
    id: "H10",
    what: "networks of a swarm stay, those of the engine are not even considered",
    host: {
      containers: { web: { networks: "n1" } },
      networks: { n1: {}, n2: {}, n3: { scope: "swarm" }, bridge: { builtIn: true } },
    },
    policy: networks,
    deletes: "",
    removes: "n2",
    keeps: { "network-n3": "in-use", "network-bridge": "" },
  },
]);

describeCases("build cache", [
  {
    id: "I1",
    what: "no bound, nothing goes",
    host: { cache: { a: { used: "9d" }, b: { used: "3d" } } },
    policy: cache({ atMostBytes: Number.MAX_SAFE_INTEGER }),
    deletes: "",
    removes: "",
  },
  {
    id: "I2",
    what: "down to a maximum",
    host: { cache: { a: { used: "9d" }, b: { used: "3d" }, c: { used: "1d" } } },
    policy: cache({ atMostBytes: 2_000_000 }),
    deletes: "",
    removes: "a",
  },
  {
    id: "I12",
    what: "a rule on some kinds of records leaves the others",
    host: {
      cache: {
        context: { type: "source.local" },
        mount: { type: "exec.cachemount" },
        git: { type: "source.git.checkout" },
        step: { type: "regular" },
      },
    },
    policy: cache({
      types: ["source.local", "exec.cachemount", "source.git.checkout"],
      within: 2 * DAY,
    }),
    deletes: "",
    removes: "context git mount",
  },
  {
    id: "I11",
    what: "a record in use stays, and so does what it was made from",
    host: { cache: { parent: {}, child: { parents: "parent", inUse: true }, free: {} } },
    policy: cache({ within: HOUR }),
    deletes: "",
    removes: "free",
  },
  {
    id: "I11-both",
    what: "once the child goes, its parent goes after it",
    host: { cache: { parent: { used: "9d" }, child: { used: "2d", parents: "parent" } } },
    policy: cache({ within: HOUR }),
    deletes: "",
    removes: "child parent",
  },
  {
    id: "I13",
    what: "one record after another, least recently used first, until it is enough",
    host: { cache: { a: { used: "1d" }, b: { used: "3d" }, c: { used: "2d" } } },
    policy: cache({ atMostBytes: 1_500_000 }),
    deletes: "",
    removes: "b c",
  },
  {
    id: "I14",
    what: "a cap is a cap, also for what is young",
    host: { cache: { a: { used: "1m" }, b: { used: "2m" } } },
    policy: cache({ within: DAY, atMostBytes: 1_000_000 }),
    deletes: "",
    removes: "b",
  },
]);
