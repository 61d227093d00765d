import { expect, test } from "vitest";
import { EngineError } from "./engine-error.ts";

const ASKED = { address: "unix:///run/docker.sock", request: "HEAD /_ping" };

test("what was asked is told where somebody was there to be asked", () => {
  const message = (...[kind, fields]: ConstructorParameters<typeof EngineError>): string =>
    new EngineError(kind, fields).message;
  expect(message("unreachable", { ...ASKED, detail: "connect ENOENT" })).toBe(
    "unix:///run/docker.sock: connect ENOENT",
  );
  expect(message("permission-denied", { ...ASKED, detail: "connect EACCES" })).toBe(
    "unix:///run/docker.sock: connect EACCES",
  );
  expect(message("permission-denied", { ...ASKED, status: 403, detail: "denied" })).toBe(
    "HEAD /_ping at unix:///run/docker.sock: denied",
  );
  expect(message("timed-out", { ...ASKED, detail: "no answer in 60 s" })).toBe(
    "HEAD /_ping at unix:///run/docker.sock: no answer in 60 s",
  );
});
