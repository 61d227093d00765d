import { expect, test } from "vitest";
import { EngineError } from "./engine-error.ts";
import { readAgainIfGone } from "./read-again.ts";

const failure = (kind: EngineError["kind"]) =>
  new EngineError(kind, { address: "unix:///c.sock", detail: kind });

test.each([
  { title: "vanishes once", errors: [failure("not-found")], reads: 2, ends: "read" },
  {
    title: "vanishes again and again",
    errors: [failure("not-found"), failure("not-found"), failure("not-found")],
    reads: 3,
    ends: "not-found",
  },
  { title: "cannot be reached", errors: [failure("unreachable")], reads: 1, ends: "unreachable" },
])("what $title", async ({ errors, reads, ends }) => {
  let count = 0;
  const outcome = await readAgainIfGone(async () => {
    const error = errors[count];
    count += 1;
    if (error) throw error;
    return "read";
  }).catch((error: EngineError) => error.kind);
  expect([outcome, count]).toEqual([ends, reads]);
});
