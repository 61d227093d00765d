import { expect, test } from "vitest";

import { createTransferSummary } from "./transfer-summary.ts";

test("what an engine tells layer by layer becomes one line", () => {
  const summary = createTransferSummary();
  summary.add({ id: "", status: "Pulling from library/web" });
  expect(summary.describe()).toBe("Pulling from library/web");
  summary.add({ id: "aa", status: "Already exists" });
  summary.add({ id: "bb", status: "Downloading", currentBytes: 2_000_000, totalBytes: 8_000_000 });
  summary.add({ id: "cc", status: "Downloading", currentBytes: 500_000, totalBytes: 2_000_000 });
  expect(summary.describe()).toBe("Downloading: 1 of 3 layers done, 2.5MB of 10MB");
  summary.add({ id: "bb", status: "Pull complete" });
  summary.add({ id: "cc", status: "Pull complete" });
  expect(summary.describe()).toBe("finishing: 3 of 3 layers done");
});
