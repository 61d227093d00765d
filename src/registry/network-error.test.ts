import { expect, test } from "vitest";
import { describeSystemError, isRefusedCertificate, kindOfSystemError } from "./network-error.ts";

/** As undici and Node throw them: the code may be that of the cause. */
function failure(code: string, message = `it said ${code}`): Error {
  return Object.assign(new Error(message), { code });
}

test.each([
  ["ENOTFOUND", "unreachable", "there is no host of that name (it said ENOTFOUND)"],
  ["ECONNREFUSED", "unreachable", "nothing listens there (it said ECONNREFUSED)"],
  ["UND_ERR_HEADERS_TIMEOUT", "timed-out", /^no answer within a minute/],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "tls", /^its certificate is signed by itself/],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "tls", /^its certificate is for another host/],
  ["ERR_OSSL_PEM_BAD_BASE64_DECODE", "tls", "it said ERR_OSSL_PEM_BAD_BASE64_DECODE"],
  ["ESOMETHING", "unreachable", "it said ESOMETHING"],
])("%s is %s", (code, kind, words) => {
  expect(kindOfSystemError(failure(code), undefined)).toBe(kind);
  expect(describeSystemError(failure(code))).toMatch(words);
  const wrapped = new Error("fetch failed", { cause: failure(code) });
  expect(kindOfSystemError(wrapped, undefined)).toBe(kind);
});

test("what says nothing is told by its code", () => {
  expect(describeSystemError(failure("ECONNREFUSED", ""))).toBe("nothing listens there");
  expect(describeSystemError(failure("ESOMETHING", ""))).toBe("ESOMETHING");
});

test("whoever stops has stopped, whatever came of it", () => {
  expect(kindOfSystemError(failure("ECONNRESET"), AbortSignal.abort())).toBe("aborted");
});

test.each([
  ["SELF_SIGNED_CERT_IN_CHAIN", true],
  ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", true],
  // Plain HTTP where TLS was spoken.
  ["EPROTO", false],
  ["ECONNREFUSED", false],
])("%s is a certificate that was refused: %s", (code, expected) => {
  expect(isRefusedCertificate(failure(code))).toBe(expected);
});
