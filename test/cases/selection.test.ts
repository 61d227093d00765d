import { DAY, describeCases, everyImage, HOUR, preset } from "./case-table.ts";

const tags = (letters: string): string =>
  letters
    .split("")
    .map((letter) => `repo:${letter}`)
    .join(" ");

describeCases("which images are chosen", [
  { id: "A4", what: "no images, nothing to do", host: {}, policy: everyImage(), deletes: "" },
  {
    id: "A13",
    what: "a parent that is not here makes no difference",
    host: { images: { app: { parent: "gone" } } },
    policy: everyImage(),
    deletes: "app",
  },
  {
    id: "A22",
    what: "no parent given is no parent",
    host: { images: { app: {}, base: {} } },
    policy: everyImage(),
    deletes: "app base",
  },
  {
    id: "B14",
    what: "keeping two of a repository counts images, not tags",
    host: {
      images: {
        march: { names: "app:v3 app:v2", created: "10d" },
        january: { names: "app:v1", created: "70d" },
      },
    },
    policy: everyImage({ last: 2 }),
    deletes: "",
  },
  {
    id: "C13",
    what: "two old images without users both go",
    host: { images: { one: { names: "user/one:latest" }, two: {} } },
    policy: everyImage({ within: DAY }),
    deletes: "one two",
  },
  {
    id: "C25",
    what: "nothing excluded, nothing protected",
    host: { images: { one: {}, two: {} } },
    policy: { ...everyImage(), protect: [] },
    deletes: "one two",
  },
  {
    id: "C28",
    what: "what no rule names is not touched",
    host: {
      images: { app: { names: "app:1" } },
      containers: { job: { state: "exited", ended: "90d" } },
      volumes: { "anonymous-1": {} },
      networks: { lan: {} },
      cache: { step: {} },
    },
    policy: everyImage(),
    deletes: "app",
    removes: "",
  },
  {
    id: "D7",
    what: "every image goes where nothing uses any",
    host: { images: { one: { names: "one:1" }, two: {}, three: { names: "three@x" } } },
    policy: preset("unused"),
    deletes: "one three two",
  },
  {
    id: "D8",
    what: "by default no volume and no container goes",
    host: {
      images: { dangling: { created: "2h" } },
      containers: { job: { state: "exited", ended: "90d" } },
      volumes: { "anonymous-1": {} },
    },
    policy: preset("dangling"),
    deletes: "dangling",
    removes: "",
  },
  {
    id: "F7",
    what: "all that is unused goes",
    host: { images: { zero: {}, one: {}, two: {} }, containers: { web: { image: "two" } } },
    policy: preset("unused"),
    deletes: "one zero",
  },
  {
    id: "H5",
    what: "label!= takes what lacks the label",
    host: {
      images: { with: { names: "a:1", labels: { on_prune: "keep" } }, without: { names: "b:1" } },
    },
    policy: { images: [{ name: "flags", match: { not: { label: "on_prune=keep" } }, keep: {} }] },
    deletes: "without",
  },
  {
    id: "H6",
    what: "label= takes what has the label and its value",
    host: { images: { first: { labels: { foo: "bar" } }, second: { labels: { bar: "foo" } } } },
    policy: { images: [{ name: "flags", match: { label: "foo=bar" }, keep: {} }] },
    deletes: "first",
  },
  {
    id: "H6-not",
    what: "label= and label!= must both hold",
    host: { images: { second: { labels: { bar: "foo" } } } },
    policy: {
      images: [
        {
          name: "flags",
          match: { all: [{ label: "bar" }, { not: { label: "bar=foo" } }] },
          keep: {},
        },
      ],
    },
    deletes: "",
  },
  {
    id: "H7",
    what: "a tagged image without users is left by the default",
    host: { images: { app: { names: "app:1" } } },
    policy: preset("dangling"),
    deletes: "",
    keeps: { app: "no-rule" },
  },
  {
    id: "H7-all",
    what: "and taken by `unused`",
    host: { images: { app: { names: "app:1" } } },
    policy: preset("unused"),
    deletes: "app",
  },
  {
    id: "H13",
    what: "pulled by digest alone is dangling where a graphdriver stores it",
    host: { images: { app: { names: "app@x" } }, store: "graphdriver" },
    policy: preset("dangling"),
    deletes: "app",
  },
  {
    id: "H13-containerd",
    what: "and has a name where containerd does",
    host: { images: { app: { names: "app@x" } }, store: "containerd" },
    policy: preset("dangling"),
    deletes: "",
  },
  {
    id: "H14",
    what: "an untagged image that others were built on is not dangling",
    host: { images: { base: {}, app: { names: "app:1", parent: "base" } } },
    policy: preset("dangling"),
    deletes: "",
    keeps: { base: "needed" },
  },
  {
    id: "H42",
    what: "of several bounds each must hold, and none includes its end",
    host: {
      images: {
        first: { names: "first:1", created: "9d" },
        second: { names: "second:1", created: "8d" },
        third: { names: "third:1", created: "7d" },
        fourth: { names: "fourth:1", created: "6d" },
      },
    },
    policy: {
      images: [
        {
          name: "flags",
          match: {
            all: [
              { olderThan: 6 * DAY },
              { olderThan: 5 * DAY },
              { createdAfter: "first:1" },
              { createdBefore: "fourth:1" },
            ],
          },
          keep: {},
        },
      ],
    },
    deletes: "second third",
  },
  {
    id: "J6 J7",
    what: "an image whose name has moved on has none, and goes by its ID",
    host: { images: { before: { created: "2d" }, after: { names: "app:latest", created: "1d" } } },
    policy: preset("dangling"),
    deletes: "before",
  },
  { id: "J11", what: "no images, no error", host: {}, policy: preset("ci"), deletes: "" },
  {
    id: "K1",
    what: "nothing there, nothing done",
    host: {},
    policy: preset("workstation"),
    deletes: "",
  },
  {
    id: "K22",
    what: "places that share a host do not share what is kept of each",
    host: {
      images: Object.fromEntries(
        ["staging", "production"].flatMap((place, offset) =>
          [1, 2, 3].map(
            (build) =>
              [
                `${place}${build}`,
                { names: `app:${place}-${build}`, created: `${40 - build - 10 * offset}d` },
              ] as const,
          ),
        ),
      ),
    },
    policy: everyImage({ last: 2, per: { tagPattern: "^(.+)-[0-9]+$" } }),
    deletes: "production1 staging1",
  },
  {
    id: "L6",
    what: "after a rollback the running image is kept in addition to the newest three",
    host: {
      images: Object.fromEntries(
        [1, 2, 3, 4, 5].map((build) => [
          `v${build}`,
          { names: `app:v${build}`, created: `${60 - build}d` },
        ]),
      ),
      containers: { web: { image: "v1" } },
    },
    policy: everyImage({ last: 3 }),
    deletes: "v2",
    keeps: { v1: "in-use" },
  },
  {
    id: "B9",
    what: "an image with two tags goes as a whole",
    host: { images: { app: { names: "app:1 app:2" } } },
    policy: everyImage({ within: HOUR }),
    deletes: "app",
  },
  {
    id: "H2",
    what: "a container made by ID keeps the image and all its tags",
    host: {
      images: { app: { names: tags("hajosqwertz") } },
      containers: { web: { image: "app", shown: "", state: "created" } },
    },
    policy: preset("unused"),
    deletes: "",
    keeps: { app: "in-use" },
  },
]);
