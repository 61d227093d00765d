import { expect, test } from "vitest";

import { readPluginCall } from "./docker-plugin.ts";

const NONE = { switches: [] };

test.each([
  ["plimsoll", NONE, ""],
  ["plimsoll plan -a", NONE, "plan -a"],
  ["-c remote plimsoll plan", { ...NONE, context: "remote" }, "plan"],
  ["--context=remote plimsoll plan", { ...NONE, context: "remote" }, "plan"],
  [
    "-Htcp://build:2376 --tlsverify plimsoll df",
    { host: "tcp://build:2376", switches: ["--tlsverify"] },
    "df",
  ],
  ["--config /etc/docker -D plimsoll df", { configFolder: "/etc/docker", switches: ["-D"] }, "df"],
  ["-l debug plimsoll plan -l x", { ...NONE, logLevel: "debug" }, "plan -l x"],
  ["__complete plimsoll rm w", NONE, "__complete rm w"],
])("docker starts the plug-in with %s", (line, globals, args) => {
  const call = readPluginCall(line.split(" "));
  expect(call).toEqual({ globals, args: args === "" ? [] : args.split(" ") });
});

test.each(["plan", "images plimsoll", "--json plimsoll", "__complete plan", "-c"])(
  "%s did not come from docker",
  (line) => {
    expect(readPluginCall(line.split(" "))).toBeUndefined();
  },
);
