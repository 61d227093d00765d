import { describeImports, describeRefusals } from "./imported-cases.ts";

const TAGS = "latest@1h A@1h Ba@5d Bb@6d C@30d D@- E@-";

describeImports("gitlab", [
  {
    id: "GL-01",
    what: "every tag but latest, of whatever age",
    policy: { name_regex_delete: ".*" },
    holds: TAGS,
    deletes: "A Ba Bb C D E",
  },
  {
    id: "GL-02",
    what: "two tags by name",
    policy: { name_regex_delete: "C|D" },
    holds: TAGS,
    deletes: "C D",
  },
  {
    id: "GL-02-keep",
    what: "but for one that is kept",
    policy: { name_regex_delete: "C|D", name_regex_keep: "C" },
    holds: TAGS,
    deletes: "D",
  },
  {
    id: "GL-02-keep-several",
    what: "every tag but those that an expression keeps",
    policy: { name_regex_delete: ".*", name_regex_keep: "B.*" },
    holds: TAGS,
    deletes: "A C D E",
  },
  {
    id: "gitlab-whole",
    what: "expressions are on the whole tag",
    policy: { name_regex_delete: "B" },
    holds: TAGS,
    deletes: "",
  },
  {
    id: "gitlab-older",
    what: "of what is old only, ages unknown stay",
    policy: { name_regex_delete: ".*", older_than: "1 day" },
    holds: TAGS,
    deletes: "Ba Bb C",
  },
  {
    id: "gitlab-count",
    what: "but for the newest two, counted before ages are looked at",
    policy: { name_regex: "[ABC].*", keep_n: 2, older_than: "5d" },
    holds: TAGS,
    deletes: "Bb C",
    remarks: "keep_n counts tags",
  },
  { id: "GL-07", what: "no parameters", policy: {}, holds: TAGS, deletes: "" },
  {
    id: "gitlab-project",
    what: "a policy in a project that is switched off",
    policy: {
      container_expiration_policy: {
        cadence: "7d",
        enabled: false,
        keep_n: 10,
        older_than: "90d",
        name_regex: ".*",
        name_regex_keep: null,
        next_run_at: "2020-01-07T21:42:58.658Z",
      },
    },
    holds: TAGS,
    deletes: "",
    remarks: "switched off in GitLab",
  },
  {
    id: "GL-10",
    what: "many tags of one image and equal times: the newest image stays with all its tags",
    policy: { name_regex_delete: ".*", keep_n: 2 },
    holds: "one[1,2,3,4,5]@1d two[6]@1d three[7]@1d four[8]@2d",
    deletes: "four two",
  },
  {
    id: "gitlab-untag",
    what: "a tag goes although another one keeps the image",
    policy: { name_regex_delete: "dev-.*" },
    holds: "A[dev-1,v1]@1d B[dev-2]@1d C[dev-3,latest]@1d",
    deletes: "B",
    untags: "dev-1 dev-3",
  },
  {
    id: "GL-11",
    what: "what the keep expression holds stays, whatever the rest says",
    policy: {
      name_regex_delete: ".*",
      name_regex_keep: "(?:v.+|main|release-.*)",
      keep_n: 1,
      older_than: "7d",
    },
    holds: "v1@300d main@200d release-7@100d dev-1@50d dev-2@60d",
    deletes: "dev-2",
  },
]);

describeRefusals("gitlab", [
  {
    id: "GL-07-broken",
    what: "broken expressions, in every field",
    policy: { name_regex_delete: "*test*", name_regex_keep: "*test*" },
    problems: ["name_regex_delete", "name_regex_keep"],
  },
  {
    id: "GL-07-broken-name",
    what: "a broken expression in the old field",
    policy: { name_regex: "*test*", older_than: "soon", keep_n: "many", regex: 1 },
    problems: ["keep_n", "older_than", "name_regex", "regex: is not known here"],
  },
]);
