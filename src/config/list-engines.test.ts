import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { PlimsollProgram } from "../../bench/plimsoll-program.ts";
import { environmentIn } from "../../test/contract/contract-session.ts";
import { programEnvironment } from "../../test/contract/program.ts";
import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import { listEngines } from "./list-engines.ts";
import { readSettings } from "./read-settings.ts";

/** A home with a docker context beside docker's own. */
function homeWith(name: string, host: string): string {
  const home = scratchFolder();
  const id = createHash("sha256").update(name).digest("hex");
  const folder = join(home, ".docker/contexts/meta", id);
  mkdirSync(folder, { recursive: true });
  const meta = { Name: name, Endpoints: { docker: { Host: host } } };
  writeFileSync(join(folder, "meta.json"), JSON.stringify(meta));
  return home;
}

function specsOf(env: Readonly<Record<string, string>>, home: string) {
  return listEngines(readSettings(env, home)).map(({ spec }) => spec);
}

test("the current engine comes first, then the other contexts", () => {
  const home = homeWith("build", "tcp://build-1:2375");
  expect(specsOf({}, home)).toEqual([undefined, "context:build"]);
  expect(specsOf({ DOCKER_CONTEXT: "build" }, home)).toEqual([undefined, "context:default"]);
  expect(specsOf({ DOCKER_HOST: "tcp://other:2375" }, home)).toEqual([undefined, "context:build"]);
  expect(specsOf({ DOCKER_HOST: "tcp://build-1:2375" }, home)).toEqual([undefined]);
});

test.each<[string, () => NodeJS.ProcessEnv]>([
  ["sessions", () => environmentIn(scratchFolder())],
  ["the program", () => programEnvironment(scratchFolder())],
  ["the program in benchmarks", () => new PlimsollProgram().env],
])("no test asks the machine's own engine: %s", (_what, environment) => {
  const env = environment();
  const home = env["HOME"] ?? scratchFolder();
  expect(listEngines(readSettings(env, home))).toEqual([
    { spec: undefined, name: expect.stringMatching(/^unix:.*no-engine\.sock$/) },
  ]);
});
