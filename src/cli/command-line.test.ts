import { expect, test } from "vitest";

import { normaliseCommandLine } from "./command-line.ts";

test.each([
  ["plan -a", "plan -a"],
  ["-t oci:dir images x", "images -t oci:dir x"],
  ["--target oci:dir --json images", "images --target oci:dir --json"],
  ["--target=oci:dir images", "images --target=oci:dir"],
  ["-tci plan -t other", "plan -tci -t other"],
  ["--registry-ca ca.pem images", "images --registry-ca ca.pem"],
  ["help plan", "plan --help"],
  ["help", "--help"],
  ["policy check a.yaml", "policy check a.yaml"],
  ["--json policy check a.yaml", "policy check --json a.yaml"],
  ["-t x policy --json check a.yaml", "policy check -t x --json a.yaml"],
  ["help policy", "policy --help"],
  ["help policy check", "policy check --help"],
  ["policy help check", "policy check --help"],
  ["policy help", "policy --help"],
  ["policy --help", "policy --help"],
  ["policy", "policy"],
  ["--help", "--help"],
  ["--frob plan", "--frob plan"],
  ["-t", "-t"],
  ["", ""],
])('"%s" is "%s"', (line, normalised) => {
  const words = line === "" ? [] : line.split(" ");
  expect(normaliseCommandLine(words).join(" ")).toBe(normalised);
});
