import { expect, test } from "vitest";
import { nextPage } from "./next-page.ts";

const HERE = "/v2/_catalog?n=2";

test.each([
  [undefined, undefined],
  ["", undefined],
  ['</v2/_catalog?last=b&n=2>; rel="next"', "/v2/_catalog?last=b&n=2"],
  ["</v2/_catalog?last=b>; rel=next", "/v2/_catalog?last=b"],
  ['<?last=b&n=2>; rel="next"', "/v2/_catalog?last=b&n=2"],
  ['<https://reg.test:5000/v2/_catalog?last=b>; rel="next"', "/v2/_catalog?last=b"],
  ['</v2/a>; rel="prev", </v2/b>; rel="next"', "/v2/b"],
  ['</v2/a>; rel="prev"', undefined],
])("%s", (link, expected) => {
  expect(nextPage(link, HERE, "reg.test:5000")).toBe(expected);
});

test.each([
  '<https://evil.test/v2/_catalog>; rel="next"',
  '<//evil.test/v2/_catalog>; rel="next"',
  '<https://reg.test:5001/v2/_catalog>; rel="next"',
])("%s is refused", (link) => {
  expect(() => nextPage(link, HERE, "reg.test:5000")).toThrow(
    expect.objectContaining({ kind: "unsafe-link" }),
  );
});
