import { expect, test } from "vitest";

import { normaliseCommandLine } from "./command-line.ts";

test.each([
  ["plan -a", "plan -a"],
  ["-t oci:dir images x", "images -t oci:dir x"],
  ["--target oci:dir --json images", "images --target oci:dir --json"],
  ["--target=oci:dir images", "images --target=oci:dir"],
  ["-tci plan -t other", "plan -tci -t other"],
  ["help plan", "plan --help"],
  ["help", "--help"],
  ["--help", "--help"],
  ["--frob plan", "--frob plan"],
  ["-t", "-t"],
  ["", ""],
])('"%s" is "%s"', (line, normalised) => {
  const words = line === "" ? [] : line.split(" ");
  expect(normaliseCommandLine(words).join(" ")).toBe(normalised);
});
