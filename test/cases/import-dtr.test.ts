import { describeImports, describeRefusals } from "./imported-cases.ts";

const rule = (field: string, operator: string, ...values: readonly string[]) => ({
  field,
  operator,
  values,
});
const pruning = (...rules: readonly object[]) => ({ id: "1", enabled: true, rules });
const APP = "dtr.example.com/dev/app";

describeImports("dtr", [
  {
    id: "DT-01",
    what: "a third tag pushes the first out",
    policy: { namespace: "dev", name: "app", tagLimit: 2, immutableTags: false },
    holds: `t1@3h=${APP} t2@2h=${APP} t3@1h=${APP} t1b@9h=${APP}2`,
    deletes: "t1",
  },
  {
    id: "DT-02",
    what: "every rule of a policy has to hold",
    policy: pruning(rule("tag", "sw", "dev-"), rule("updated_at_duration", "bf", "720h")),
    holds: "dev-1@40d dev-2@10d v1@40d",
    deletes: "dev-1",
  },
  {
    id: "DT-02-several",
    what: "each policy prunes by itself",
    policy: [
      { ...pruning(rule("tag", "sw", "dev-")), repository: "dev/app" },
      { ...pruning(rule("updated_at_duration", "bf", "720h")), repository: "dev/app" },
    ],
    holds: `dev-1@1h=${APP} v1@40d=${APP} v2@10d=${APP} dev-9@1h=${APP}2`,
    deletes: "dev-1 v1",
  },
  ...(
    [
      ["eq", "test", "test"],
      ["ew", "-test", "a-test"],
      ["c", "est", "a-test test tests"],
      ["oo", "test,tests", "test tests"],
      ["noo", "test,tests", "a-test v1"],
      ["matches", "^te.*s$", "tests"],
    ] as const
  ).map(([operator, values, deletes]) => ({
    id: `DT-02-${operator}`,
    what: `the operator ${operator} on ${values}`,
    policy: pruning(rule("tag", operator, ...values.split(","))),
    holds: "a-test@1h test@1h tests@1h v1@1h untagged[]@1h",
    deletes,
  })),
  {
    id: "DT-02-after",
    what: "younger than a time; what nobody knows the age of stays",
    policy: pruning(rule("updated_at_duration", "af", "24h")),
    holds: "young@1h old@2d unknown@-",
    deletes: "young",
  },
  {
    id: "DT-02-untagged",
    what: "without a tag there is nothing to prune",
    policy: pruning(rule("updated_at_duration", "bf", "24h")),
    holds: "tagged@9d untagged[]@9d",
    deletes: "tagged",
  },
  {
    id: "DT-02-scanner",
    what: "a policy with a rule that cannot be asked here is left out whole",
    policy: [
      pruning(rule("tag", "sw", "v"), rule("vulnerability_critical", "gte", "3")),
      pruning(rule("updated_at", "bf", "2020-01-01T00:00:00Z")),
    ],
    holds: "v1@40d",
    deletes: "",
    remarks: "pruning-policy-1 is left out: it asks for vulnerability_critical",
  },
  {
    id: "DT-02-off",
    what: "a policy that is switched off",
    policy: { ...pruning(rule("tag", "eq", "v1")), enabled: false },
    holds: "v1@40d",
    deletes: "",
    remarks: "switched off",
  },
  {
    id: "DT-03",
    what: "the tag goes, the content stays under the other one",
    policy: pruning(rule("tag", "eq", "4.8")),
    holds: "wordpress[4.8,latest]@9d",
    deletes: "",
    untags: "4.8",
  },
  {
    id: "DT-01-policies",
    what: "the limit counts what the policies leave",
    policy: [{ tagLimit: 2 }, pruning(rule("tag", "sw", "dev-"))],
    holds: "dev-1@1h v3@2h v2@3h v1@4h",
    deletes: "dev-1 v1",
  },
]);

describeRefusals("dtr", [
  {
    id: "DT-05",
    what: "a limit on immutable tags",
    policy: { tagLimit: 2, immutableTags: true },
    problems: ["tagLimit: a repository with immutable tags has no limit"],
  },
  {
    id: "DT-02-refused",
    what: "every mistake at once",
    policy: [
      pruning(rule("tag", "like", "x"), rule("tags", "eq", "x"), rule("tag", "eq")),
      pruning(rule("tag", "sw", "a*"), rule("updated_at_duration", "bf", "a month")),
      {},
    ],
    problems: [
      '[0].rules[0].operator: "like" must be',
      '[0].rules[1].field: "tags" is no field',
      "[0].rules[2].values: is missing",
      '[1].rules[0].operator: "a*" can be no part of a tag',
      '[1].rules[1].values: "a month" is no duration',
      "[2].rules: is missing, and so is a tagLimit",
    ],
  },
]);
