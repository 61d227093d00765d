import { expect } from "vitest";

import { parsePolicyFile } from "../../src/policy/file/parse-policy.ts";
import { testCases, type CaseRow } from "./case-table.ts";

testCases<CaseRow & { headroom: string; problem?: string }>(
  "policies that are refused: the load line",
  [
    { id: "F26", what: "stop below start", headroom: "{ start: 2%, stop: 1% }" },
    ...(
      [
        ["{ start: -1%, stop: 1% }", "-1%"],
        ["{ start: 101%, stop: 1% }", "101%"],
        ["{ start: 2%, stop: -1% }", "-1%"],
        ["{ start: 2%, stop: 101% }", "101%"],
        ["{ start: 1%, stop: 2% }", "2%"],
      ] as const
    ).map(([headroom, problem]) => ({ id: "F26", what: headroom, headroom, problem })),
  ],
  ({ headroom, problem }) => {
    const read = parsePolicyFile(`version: 1\nheadroom: ${headroom}\n`, "policy.yaml");
    const found = "problems" in read ? read.problems.map((each) => each.found) : [];
    expect(found).toEqual(problem === undefined ? [] : [problem]);
  },
);
