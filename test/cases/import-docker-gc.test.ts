import { describeImports, describeRefusals } from "./imported-cases.ts";

const exited = (ended: string, more: object = {}) => ({ state: "exited", ended, ...more });

describeImports("docker-gc", [
  {
    id: "B1",
    what: "volumes are asked for and there are none",
    policy: "REMOVE_VOLUMES=1 docker-gc",
    holds: {},
    deletes: "",
  },
  {
    id: "B2",
    what: "a volume without users",
    policy: "REMOVE_VOLUMES=1",
    holds: { volumes: { v1: {}, data: { named: true } } },
    deletes: "",
    removes: "data v1",
  },
  {
    id: "B3",
    what: "ended within the grace: container and image stay",
    policy: "docker-gc",
    holds: { images: { app: {} }, containers: { job: { image: "app", ...exited("30m") } } },
    deletes: "",
  },
  {
    id: "B4 B6",
    what: "ended before: both go, in the same plan",
    policy: "docker-gc",
    holds: { images: { app: {} }, containers: { job: { image: "app", ...exited("2h") } } },
    deletes: "app",
    removes: "job",
  },
  {
    id: "B5",
    what: "never started: it counts from its creation",
    differs: "docker-gc takes it at once, for it looks as if it had ended in year 1",
    policy: "GRACE_PERIOD_SECONDS=3600",
    holds: {
      containers: {
        old: { state: "created", created: "2h" },
        young: { state: "created", created: "10m" },
      },
    },
    deletes: "",
    removes: "old",
  },
  {
    id: "B7",
    what: "an excluded tag protects the image by all its names",
    policy: "# kept\nspotify/cassandra:latest\nspotify/docker-gc\nredis:[^ ]\\+\n\n636173736173\n",
    holds: {
      images: {
        cassandra: { names: "spotify/cassandra:latest" },
        cassandra2: { names: "spotify/cassandra:2" },
        redis: { names: "redis:7" },
        redis2: { names: "team/redis:7" },
        cassas: {},
      },
    },
    deletes: "cassandra2 redis2",
  },
  {
    id: "B7-nameless",
    what: "an expression for every name finds images without one",
    policy: ".*",
    holds: { images: { app: { names: "app:1" }, none: {} } },
    deletes: "",
  },
  {
    id: "B8",
    what: "an excluded container keeps its image",
    policy:
      "cat > /etc/docker-gc-exclude-containers <<'END'\nmariadb-data\ndrunk_goodall\nEND\ndocker-gc",
    holds: {
      images: { db: { names: "mariadb:11" }, app: { names: "app:1" } },
      containers: {
        "mariadb-data": { image: "db", ...exited("9d") },
        other: { image: "app", ...exited("9d") },
      },
    },
    deletes: "app",
    removes: "other",
  },
  {
    id: "B9",
    what: "an image with two tags stays without force",
    policy: "GRACE_PERIOD_SECONDS=60",
    holds: { images: { app: { names: "app:1 app:2" }, one: { names: "one:1" } } },
    deletes: "one",
    remarks: "Without FORCE_IMAGE_REMOVAL",
  },
  {
    id: "B9-force",
    what: "and goes with it",
    policy: "docker run -e FORCE_IMAGE_REMOVAL=1 -v /etc:/etc:ro spotify/docker-gc",
    holds: { images: { app: { names: "app:1 app:2" } } },
    deletes: "app",
  },
  {
    id: "B12",
    what: "volumes of other drivers stay, and those that are excluded",
    policy:
      "export REMOVE_VOLUMES=1\nEXCLUDE_VOLUMES_IDS_FILE=/x\ncat > /x <<END\n^keep-\nEND\ndocker-gc",
    holds: {
      volumes: {
        v1: {},
        nfs: { driver: "nfs" },
        "keep-1": { named: true },
        data: { named: true },
      },
    },
    deletes: "",
    removes: "data v1",
  },
  {
    id: "B13",
    what: "dead containers that are excluded stay",
    policy: "EXCLUDE_DEAD=1",
    holds: {
      containers: { dead: { state: "dead", ended: "9d" }, ended: { ...exited("9d") } },
    },
    deletes: "",
    removes: "ended",
  },
  {
    id: "B14",
    what: "keeping two of a repository counts images, not tags",
    policy: "MINIMUM_IMAGES_TO_SAVE=2 FORCE_IMAGE_REMOVAL=1 docker-gc",
    holds: {
      images: {
        march: { names: "app:v3 app:v2", created: "10d" },
        january: { names: "app:v1", created: "70d" },
        earlier: { names: "app:v0", created: "99d" },
      },
    },
    deletes: "earlier",
    remarks: "here each image counts once",
  },
  {
    id: "B18",
    what: "the base of an image that stays",
    policy: "cat > /etc/docker-gc-exclude <<END\napp:1\nEND\nFORCE_IMAGE_REMOVAL=1",
    holds: { images: { base: { names: "base:1" }, app: { names: "app:1", parent: "base" } } },
    deletes: "",
  },
  {
    id: "B19",
    what: "a stopped container that only holds data goes, as the policy says; a label keeps it",
    policy: "EXCLUDE_BY_LABEL=docker-gc-ignore",
    holds: {
      containers: {
        data: { ...exited("9d", { labels: { "docker-gc-ignore": "" } }) },
        other: { ...exited("9d") },
      },
    },
    deletes: "",
    removes: "other",
  },
]);

describeRefusals("docker-gc", [
  {
    id: "B7-refused",
    what: "what would protect less than docker-gc does",
    policy:
      "EXCLUDE_FROM_GC=/x GRACE_PERIOD_SECOND=60 docker-gc\ncat > /etc/docker-gc-exclude-containers <<END\n0123456789ab\nEND",
    problems: ["GRACE_PERIOD_SECOND is not a variable of docker-gc"],
  },
  {
    id: "B7-missing",
    what: "a file whose lines are not there",
    policy: "EXCLUDE_FROM_GC=/x GRACE_PERIOD_SECONDS=1h",
    problems: ["EXCLUDE_FROM_GC=/x: its lines are missing here", "GRACE_PERIOD_SECONDS=1h"],
  },
  {
    id: "B8-refused",
    what: "lines that cannot be read",
    policy:
      "cat > /etc/docker-gc-exclude <<END\na\\(b\nredis .*\nEND\ncat > /etc/docker-gc-exclude-containers <<END\n0123456789ab\nEND",
    problems: [
      'excluded image "a\\(b": not an expression',
      'excluded image "redis .*": goes across columns',
      'excluded container "0123456789ab": an ID',
    ],
  },
]);
