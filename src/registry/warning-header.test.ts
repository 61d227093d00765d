import { expect, test } from "vitest";
import { readWarnings } from "./warning-header.ts";

test.each<[header: string | undefined, texts: readonly string[]]>([
  [undefined, []],
  ['299 - "Your token ends soon."', ["Your token ends soon."]],
  ['299 - "one", 299 - "the \\"other\\""', ["one", 'the "other"']],
  ['110 - "Response is Stale"', []],
  ['299 registry.test "with a name: not of the specification"', []],
  ['299 - ""', []],
  [`299 - "${"a".repeat(400)}"`, ["a".repeat(320)]],
])("%s", (header, texts) => {
  expect(readWarnings(header)).toEqual(texts);
});
