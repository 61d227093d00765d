import { describeCases, everyImage, HOUR, preset } from "./case-table.ts";

const STATES = [
  "created",
  "running",
  "paused",
  "restarting",
  "removing",
  "exited",
  "dead",
  "stopping",
  "",
];

describeCases("what is in use stays", [
  ...STATES.map((state) => ({
    id: "A12",
    what: `by a container that is "${state}"`,
    host: { images: { app: { names: "app:1" } }, containers: { web: { image: "app", state } } },
    policy: preset("unused"),
    deletes: "",
    keeps: { app: "in-use" },
  })),
  {
    id: "B19",
    what: "by a stopped container that only holds data",
    host: {
      images: { data: { names: "data:1" } },
      containers: { data: { image: "data", state: "exited", ended: "400d", volumes: "files" } },
      volumes: { files: { named: true } },
    },
    policy: preset("unused"),
    deletes: "",
    removes: "",
    keeps: { data: "in-use" },
  },
  {
    id: "F1",
    what: "by a container that knows only an ID",
    host: { images: { app: {} }, containers: { web: { image: "app", shown: "" } } },
    policy: preset("unused"),
    deletes: "",
    keeps: { app: "in-use" },
  },
  {
    id: "H1",
    what: "a dangling image by a container that never started",
    host: { images: { app: {} }, containers: { web: { image: "app", state: "created" } } },
    policy: preset("dangling"),
    deletes: "",
    keeps: { app: "in-use" },
  },
  {
    id: "H17",
    what: "by an image mount alone",
    host: {
      images: { model: { names: "model:1" }, app: {} },
      containers: { web: { image: "app", mounts: "model:1" } },
    },
    policy: preset("unused"),
    deletes: "",
    keeps: { model: "in-use" },
  },
  {
    id: "J2 J3",
    what: "by one container or by several",
    host: {
      images: { app: {} },
      containers: { a: { image: "app" }, b: { image: "app", state: "exited" } },
    },
    policy: preset("unused"),
    deletes: "",
    keeps: { app: "in-use" },
  },
  {
    id: "K21",
    what: "by ID and by name, once the name means another image",
    host: {
      images: { before: {}, after: { names: "app:latest" } },
      containers: { web: { image: "before", shown: "app:latest", state: "exited" } },
    },
    policy: preset("unused"),
    deletes: "",
    keeps: { before: "in-use", after: "in-use" },
  },
  {
    id: "L7",
    what: "by the stopped containers of a project",
    host: {
      images: { db: { names: "db:1" }, web: { names: "web:1" } },
      containers: { p1: { image: "db", state: "exited" }, p2: { image: "web", state: "exited" } },
    },
    policy: preset("unused"),
    deletes: "",
  },
  {
    id: "L7-down",
    what: "a project without containers is protected by a label or a name",
    host: {
      images: {
        db: { names: "project/db:1" },
        web: { names: "web:1", labels: { "com.docker.compose.project": "shop" } },
        other: { names: "other:1" },
      },
    },
    policy: {
      ...preset("unused"),
      protect: [{ reference: "project/*" }, { label: "com.docker.compose.project" }],
    },
    deletes: "other",
    keeps: { db: "protected", web: "protected" },
  },
  {
    id: "L8",
    what: "by a service that has no task here, in its current and its previous specification",
    host: {
      images: { now: { names: "api:2" }, before: { names: "api:1" }, older: { names: "api:0" } },
      services: { api: "api:2 api:1" },
    },
    policy: preset("unused"),
    deletes: "older",
    keeps: { now: "in-use", before: "in-use" },
  },
  {
    id: "L8-digest",
    what: "by a service that names a digest with the tag",
    host: {
      images: { app: { names: "api@x" } },
      services: { api: `api:9@sha256:${"78".padEnd(64, "0")}` },
    },
    policy: preset("unused"),
    deletes: "",
    keeps: { app: "in-use" },
  },
  {
    id: "L18",
    what: "an index by a container that runs one of its platforms",
    host: {
      images: { index: { names: "app:1", children: "arm amd" }, arm: {}, amd: {} },
      containers: { web: { image: "elsewhere", shown: "", manifest: "amd" } },
      store: "containerd",
    },
    policy: preset("unused"),
    deletes: "",
    keeps: { index: "in-use", amd: "in-use", arm: "needed" },
  },
  ...["app@x", `sha256:${"78".padEnd(64, "0")}`, "78000000"].map((shown) => ({
    id: "L19",
    what: `by a mount of ${shown}`,
    host: {
      images: { x: { names: "app@x" } },
      containers: { web: { mounts: shown.replace("@x", `@sha256:${"78".padEnd(64, "0")}`) } },
    },
    policy: preset("unused"),
    deletes: "",
    keeps: { x: "in-use" },
  })),
  {
    id: "L22",
    what: "by a container that shows an ID because the tag has moved",
    host: {
      images: { before: {}, after: { names: "app:1" } },
      containers: { web: { image: "before" } },
    },
    policy: preset("unused"),
    deletes: "after",
    keeps: { before: "in-use" },
  },
  {
    id: "H34",
    what: "the parent, not the image that was built on it",
    host: {
      images: { base: { names: "base:1" }, app: { parent: "base" } },
      containers: { web: { image: "base" } },
    },
    policy: preset("unused"),
    deletes: "app",
    keeps: { base: "in-use" },
  },
  {
    id: "D-defect",
    what: "not only by what runs",
    host: {
      images: { app: { names: "app:1" } },
      containers: { web: { image: "app", state: "exited", ended: "1m" } },
    },
    policy: preset("unused"),
    deletes: "",
  },
]);

describeCases("what is protected stays", [
  {
    id: "A15",
    what: "with all its tags when one of them matches",
    host: { images: { app: { names: "app:1 kept:1" }, other: { names: "other:1" } } },
    policy: { ...everyImage(), protect: [{ reference: "kept:*" }] },
    deletes: "other",
    keeps: { app: "protected" },
  },
  {
    id: "B7",
    what: "by any tag of the ID",
    host: { images: { app: { names: "a:1 b:2 c:3" } } },
    policy: { ...everyImage(), protect: [{ reference: "c:3" }] },
    deletes: "",
  },
  {
    id: "B18",
    what: "a base that a kept image was built on, though nothing else needs it",
    host: { images: { base: { names: "base:1" }, app: { names: "app:1", parent: "base" } } },
    policy: { ...preset("unused"), protect: [{ reference: "app" }] },
    deletes: "",
    keeps: { base: "needed" },
  },
  {
    id: "C16",
    what: "and nothing that merely looks like it",
    host: {
      images: {
        listed: { names: "user/one:latest user/one:abcd" },
        otherTag: { names: "other:abcda" },
        otherName: { names: "new_image:latest" },
        untagged: {},
      },
    },
    policy: {
      ...everyImage(),
      protect: [
        { reference: "user/one:latest" },
        { reference: "user/foo:latest" },
        { reference: "other:12345" },
      ],
    },
    deletes: "otherName otherTag untagged",
  },
  {
    id: "C18",
    what: "but patterns on names say nothing of an untagged image",
    host: { images: { app: {} } },
    policy: { ...everyImage(), protect: [{ reference: "**" }] },
    deletes: "app",
  },
  {
    id: "exclusions",
    what: "by name, by path and by repository",
    host: {
      images: {
        exact: { names: "quay.io/team/app:1" },
        path: { names: "quay.io/base/os:1" },
        repository: { names: "redis:7" },
        none: { names: "quay.io/team/app:2" },
      },
    },
    policy: {
      ...everyImage(),
      protect: [
        { reference: "quay.io/team/app:1" },
        { reference: "quay.io/base/*" },
        { reference: "redis:*" },
      ],
    },
    deletes: "none",
  },
  {
    id: "G11",
    what: "a host with a port is one repository, not all of that host",
    host: {
      images: {
        app: { names: "host:5000/app:1" },
        other: { names: "host:5000/other:1" },
        deeper: { names: "host:5000/app/deeper:1" },
      },
    },
    policy: { ...everyImage(), protect: [{ reference: "host:5000/app:*" }] },
    deletes: "deeper other",
  },
  {
    id: "J5",
    what: "by any of several names",
    host: { images: { app: { names: "agent:1 agent:latest" } } },
    policy: { ...everyImage({ within: HOUR }), protect: [{ reference: "agent:latest" }] },
    deletes: "",
  },
  {
    id: "L20",
    what: "from outside, without a label on the image",
    host: { images: { app: { names: "docker.io/library/postgres:16" } } },
    policy: { ...preset("unused"), protect: [{ reference: "index.docker.io/postgres:16" }] },
    deletes: "",
    keeps: { app: "protected" },
  },
  {
    id: "L23",
    what: "what a cluster on the host lives on, where the policy says so",
    host: {
      images: {
        pause: { names: "registry.k8s.io/pause:3.10" },
        kind: { names: "kindest/node:v1.34.0" },
        app: { names: "app:1" },
      },
    },
    policy: {
      ...preset("unused"),
      protect: [{ repository: "**/pause" }, { repository: "kindest/node" }],
    },
    deletes: "app",
  },
]);
