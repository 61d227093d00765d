import { expect, test } from "vitest";

import { signForAws } from "./aws-signature.ts";

const CREDENTIALS = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
};
const NOW_MS = Date.parse("2015-08-30T12:36:00Z");
const REQUEST = {
  host: "example.amazonaws.com",
  region: "us-east-1",
  service: "service",
  headers: {},
  body: "",
};

// The published test suite: github.com/awslabs/aws-c-auth, tests/aws-signing-test-suite/v4.
test.each([
  ["get-vanilla", "GET", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
  ["post-vanilla", "POST", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"],
])("%s", (_, method, signature) => {
  expect(signForAws({ ...REQUEST, method }, CREDENTIALS, NOW_MS)).toEqual({
    "x-amz-date": "20150830T123600Z",
    authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`,
  });
});

test("a session token is sent and signed", () => {
  const credentials = { ...CREDENTIALS, sessionToken: "token" };
  const headers = signForAws({ ...REQUEST, method: "POST" }, credentials, NOW_MS);
  expect(headers["x-amz-security-token"]).toBe("token");
  expect(headers["authorization"]).toContain("SignedHeaders=host;x-amz-date;x-amz-security-token,");
});
