import { describeImports, describeRefusals } from "./imported-cases.ts";

/** Images of 1 MB each that were last used so many days ago. */
const used = (...days: readonly number[]) =>
  Object.fromEntries(
    days.map((day) => [
      `m${day}`,
      { names: `app:${day}`, created: "900d", used: `${day}d`, seen: "900d" },
    ]),
  );
const disk = (totalBytes: number, freeBytes: number) => ({ disk: { totalBytes, freeBytes } });

describeImports("docuum", [
  { id: "A4", what: "no images", policy: "docuum", holds: {}, deletes: "" },
  {
    id: "A7",
    what: "a parent used before its child stays with it",
    policy: "docuum --threshold 2MB",
    holds: {
      images: {
        base: { created: "42d", blobs: "b" },
        app: { created: "41d", blobs: "b a", parent: "base" },
        old: { created: "50d" },
      },
    },
    deletes: "old",
  },
  {
    id: "A8",
    what: "a child used before its parent goes first",
    policy: "docuum -t 1MB",
    holds: {
      images: {
        base: { names: "base:1", created: "41d", blobs: "b" },
        app: { names: "app:1", created: "42d", blobs: "b a", parent: "base" },
      },
    },
    deletes: "app",
  },
  {
    id: "A12",
    what: "a container in any state protects its image",
    policy: "docuum --threshold 0B",
    holds: {
      images: { app: { names: "app:1" }, free: {} },
      containers: { job: { image: "app", state: "exited", ended: "90d" } },
    },
    deletes: "free",
  },
  {
    id: "A14",
    what: "the least recently used go first",
    policy: "docuum --threshold '2 MB'",
    holds: { images: used(1, 4, 2, 3) },
    deletes: "m3 m4",
  },
  {
    id: "A15",
    what: "one tag that is kept protects the image",
    policy: "docuum --threshold 0B --keep '^kept:' --keep='nothing at all'",
    holds: { images: { app: { names: "app:1 kept:1" }, other: { names: "app/kept:1" }, none: {} } },
    deletes: "none other",
  },
  {
    id: "A15-nameless",
    what: "an expression that finds no name finds images without one",
    policy: "docuum --threshold 0B -k '^<none>'",
    holds: { images: { app: { names: "app:1" }, none: {} } },
    deletes: "app",
  },
  {
    id: "A16",
    what: "younger than the least age, by its last use",
    policy: "docuum --threshold 0B --min-age '1 day'",
    holds: {
      images: {
        lately: { created: "90d", used: "2h", seen: "90d" },
        longAgo: { created: "90d", used: "20d", seen: "90d" },
      },
    },
    deletes: "longAgo",
  },
  {
    id: "A17",
    what: "no more than brings the images to the threshold",
    policy: "docuum --threshold 3MB --deletion-chunk-size 10",
    holds: { images: used(1, 2, 3, 4) },
    deletes: "m4",
    remarks: "--deletion-chunk-size 10 has no equal",
  },
  {
    id: "A17-below",
    what: "at the threshold nothing goes",
    policy: "docuum --threshold 4MB",
    holds: { images: used(1, 2, 3, 4) },
    deletes: "",
  },
  {
    id: "A17-default",
    what: "10 GB where no threshold is given",
    policy: "/usr/local/bin/docuum",
    holds: { images: used(1), blobs: { m1: 10_000_000_001 } },
    deletes: "m1",
    remarks: "docuum's default of 10 GB",
  },
  {
    id: "A19",
    what: "a share is of the disk's size, compared with what images take",
    policy: "docker run --rm --name docuum stephanmisc/docuum:latest --threshold '50%'",
    holds: { images: used(1, 2, 3, 4), ...disk(6_000_000, 1_000_000) },
    deletes: "m4",
  },
  {
    id: "A19-others",
    what: "what else fills the disk does not count",
    policy: "docuum --threshold '50%'",
    holds: { images: used(1, 2, 3, 4), ...disk(9_000_000, 0) },
    deletes: "",
  },
]);

describeRefusals("docuum", [
  {
    id: "A15-refused",
    what: "every mistake at once",
    policy: "docuum --treshold 1GB -t much --keep '(a' --min-age old -d 0 stray",
    problems: [
      "--treshold is not an option",
      '"1GB" belongs to no option',
      '"stray" belongs to no option',
      "--threshold much",
      "--min-age old",
      "--deletion-chunk-size 0",
      "--keep (a",
    ],
  },
  {
    id: "A4-refused",
    what: "a text without the command, or with a variable",
    policy: "docuum --threshold ${THRESHOLD}",
    problems: ["line 1: ${THRESHOLD} stands for something"],
  },
]);
