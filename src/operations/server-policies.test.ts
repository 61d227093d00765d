import { expect, test } from "vitest";

import { sampleAction, samplePlan } from "../../test/fakes/sample-plan.ts";
import { asDocument, compareWithServer } from "./server-policies.ts";

const HOST = "dtr.example.com";
const DIGEST = `sha256:${"a".repeat(64)}`;
const name = (tag: string, repository = "team/app"): string => `${HOST}/${repository}:${tag}`;

test("tags of one repository that both take, that only the registry takes, and that only the plan does", () => {
  const actions = [
    sampleAction({ subject: "1", references: [name("both"), name("ours")], rule: "old" }),
    sampleAction({
      kind: "untag",
      subject: name("untagged"),
      references: [name("untagged"), name("left")],
      rule: "names",
    }),
    sampleAction({ subject: "3", references: [name("both", "team/other")] }),
  ];
  const kept = [
    {
      subject: "team/app@x",
      references: [name("theirs")],
      reasons: [
        { rule: "in-use", detail: "used by web" },
        { rule: "young", detail: "two days old" },
      ],
    },
  ];
  const plan = samplePlan(actions, { kept });
  const removals = ["theirs", "both", "untagged", "nowhere"].map((tag) => ({
    tag,
    digest: DIGEST,
  }));
  expect(compareWithServer(plan, HOST, "team/app", removals)).toEqual({
    repository: "team/app",
    both: ["both", "untagged"],
    onlyServer: [
      { tag: "nowhere", kept: "it is not listed" },
      { tag: "theirs", kept: "used by web; two days old" },
    ],
    onlyPlan: [{ tag: "ours", rule: "old" }],
  });
});

test("a policy that several repositories share is one", () => {
  const policies = [{ id: 1, rules: [] }];
  const found = ["team/a", "team/b"].map((repository) => ({ repository, policies }));
  expect(asDocument(found)).toBe('[{"id":1,"rules":[]}]');
});
