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

test.each([
  ["reg.test", "http://reg.test/v2/_catalog?last=b"],
  ["reg.test", "https://REG.test:443/v2/_catalog?last=b"],
  ["reg.test:80", "http://reg.test/v2/_catalog?last=b"],
  ["reg.test:443", "https://reg.test/v2/_catalog?last=b"],
  ["[::1]:5000", "http://[::1]:5000/v2/_catalog?last=b"],
])("%s is the host of %s", (registry, link) => {
  expect(nextPage(`<${link}>; rel="next"`, HERE, registry)).toBe("/v2/_catalog?last=b");
});

test.each([
  ["reg.test:80", "https://reg.test/v2/"],
  ["reg.test", "http://reg.test:8080/v2/"],
  ["reg.test", "javascript:alert(1)"],
  ["reg.test:5000", "file:///v2/"],
])("%s is not the host of %s", (registry, link) => {
  expect(() => nextPage(`<${link}>; rel="next"`, HERE, registry)).toThrow(
    expect.objectContaining({ kind: "unsafe-link" }),
  );
});
