import { describeImports, describeRefusals } from "./imported-cases.ts";

const exited = (ended: string, more: object = {}) => ({ state: "exited", ended, ...more });

describeImports("docker-custodian", [
  {
    id: "C1 C5 C7",
    what: "what runs stays, what ended before the cut-off goes once",
    policy: "dcgc --max-container-age 1days",
    holds: {
      containers: {
        abcd: { ...exited("20d") },
        abbb: { state: "running", created: "20d" },
        paused: { state: "paused", created: "20d" },
      },
    },
    deletes: "",
    removes: "abcd",
  },
  {
    id: "C3 C4",
    what: "never started: it counts from its creation",
    policy: "dcgc --max-container-age 0s",
    holds: {
      containers: {
        old: { state: "created", created: "19d" },
        now: { state: "created", created: "0s" },
      },
    },
    deletes: "",
    removes: "old",
  },
  {
    id: "C6",
    what: "ended after the cut-off",
    policy: "dcgc --max-container-age '1 day'",
    holds: { containers: { job: { ...exited("2026-11-22T00:00:00Z") } } },
    deletes: "",
  },
  {
    id: "C8",
    what: "whatever the order of the list",
    policy: "dcgc --max-container-age 1d",
    holds: { containers: { b: { ...exited("3d") }, a: { ...exited("9d") } } },
    deletes: "",
    removes: "a b",
  },
  ...[
    { id: "C9", what: "no exclusions", options: "", removes: "foo null too toot toots" },
    {
      id: "C10",
      what: "label keys are compared whole",
      options: " --exclude-container-label too --exclude-container-label foo",
      removes: "null toot toots",
    },
    {
      id: "C12",
      what: "a key, or a key with its value, and patterns of both",
      options: " --exclude-container-label 'too*' --exclude-container-label=f?o=b*",
      removes: "null",
    },
    {
      id: "C12-value",
      what: "the value has to fit as well",
      options: " --exclude-container-label foo=baz",
      removes: "foo null too toot toots",
    },
  ].map(({ options, ...row }) => ({
    ...row,
    policy: `dcgc --max-container-age 1h${options}`,
    holds: {
      containers: Object.fromEntries(
        Object.entries({
          toot: { toot: "" },
          too: { too: "lol" },
          toots: { toots: "lol" },
          foo: { foo: "bar/baz" },
          null: {},
        }).map(([name, labels]) => [name, { ...exited("9d"), labels }]),
      ),
    },
    deletes: "",
  })),
  {
    id: "C13 C20 C21",
    what: "two old images without users, with tags and without",
    policy: "dcgc --max-image-age 30days",
    holds: {
      images: {
        one: { names: "user/one:latest user/one:12345", created: "40d" },
        two: { created: "40d" },
      },
    },
    deletes: "one two",
  },
  {
    id: "C16 C18",
    what: "excluded names, those that look like them, and none",
    policy:
      "dcgc --max-image-age 1d --exclude-image user/one:latest --exclude-image user/foo:latest --exclude-image other:12345",
    holds: {
      images: {
        listed: { names: "user/one:latest user/one:abcd" },
        otherTag: { names: "other:abcda" },
        otherName: { names: "new_image:latest" },
        none: {},
      },
    },
    deletes: "none otherName otherTag",
  },
  {
    id: "C16-patterns",
    what: "patterns cross slashes",
    policy:
      "dcgc --max-image-age 1d --exclude-image 'user/repository-a:*' --exclude-image 'user/repository-b:?.?' --exclude-image 'user/repository-c-*:tag'",
    holds: {
      images: {
        a: { names: "user/repository-a:1" },
        b: { names: "user/repository-b:1.0" },
        b2: { names: "user/repository-b:1.0.1" },
        c: { names: "user/repository-c-x/y:tag" },
      },
    },
    deletes: "b2",
  },
  {
    id: "C19",
    what: "older than the cut-off goes, younger stays",
    policy: "dcgc --max-image-age 1h",
    holds: { images: { old: { created: "2h" }, young: { created: "50m" } } },
    deletes: "old",
  },
  {
    id: "C24 C25",
    what: "a file of exclusions and a list of them",
    policy:
      "cat > skip <<END\n# these\n\none:1\ntwo:1\nEND\ndcgc --max-image-age 1h --exclude-image two:1 --exclude-image-file skip",
    holds: {
      images: {
        one: { names: "one:1" },
        two: { names: "two:1" },
        three: { names: "three:1" },
      },
    },
    deletes: "three",
  },
  {
    id: "C26",
    what: "each dangling volume",
    policy: "dcgc --dangling-volumes",
    holds: { volumes: { v2: {}, v1: { named: true } } },
    deletes: "",
    removes: "v1 v2",
  },
  {
    id: "C28",
    what: "what no option is given for is not touched",
    policy: "yelp/docker-custodian dcgc --max-image-age 1h --timeout 30 --dry-run",
    holds: {
      images: { app: {} },
      containers: { job: { ...exited("90d") } },
      volumes: { v1: {} },
      networks: { lan: {} },
      cache: { step: {} },
    },
    deletes: "app",
    remarks: "--dry-run is what",
  },
  {
    id: "C28-options",
    what: "options alone, and another command beside them",
    policy: "dcstop --max-run-time 2days --prefix one_\n--max-image-age=1h",
    holds: { images: { app: {} } },
    deletes: "app",
    remarks: "dcstop has no equal",
  },
  {
    id: "C29",
    what: "an age in words, or in seconds",
    policy: "dcgc --max-image-age '5 days' --max-container-age 3600",
    holds: {
      images: { old: { created: "121h" }, young: { created: "119h" } },
      containers: { old: { ...exited("61m") }, young: { ...exited("59m") } },
    },
    deletes: "old",
    removes: "old",
  },
  {
    id: "C-defect",
    what: "built long ago and pulled a minute ago stays",
    differs: "docker-custodian goes by the build time alone",
    policy: "dcgc --max-image-age 1d",
    holds: { images: { app: { created: "400d", arrived: "1m" } } },
    deletes: "",
    remarks: "goes by the build time alone",
  },
]);

describeRefusals("docker-custodian", [
  {
    id: "C24-refused",
    what: "a file whose lines are not there, and what is no age",
    policy: "dcgc --max-image-age soon --exclude-image-file /etc/skip",
    problems: ["--max-image-age soon: not a duration", "--exclude-image-file /etc/skip: its lines"],
  },
  {
    id: "C28-refused",
    what: "stopping what runs is no policy",
    policy: "dcstop --max-run-time 2days --prefix project_",
    problems: ["dcstop stops containers that run"],
  },
]);
