import { expect, test } from "vitest";
import { Refusal, ScriptedEngine } from "../../../test/fakes/scripted-engine.ts";
import { connectEngine } from "../connection/engine-client.ts";
import { checkAgainstTotal } from "./layer-api-sizes.ts";

test.each([
  ["the same", { LayersSize: 30 }, { kind: "exact" }],
  ["the same, as later versions say it", { ImageUsage: { TotalSize: 30 } }, { kind: "exact" }],
  [
    "more",
    { LayersSize: 40 },
    { kind: "at-least", detail: "the layers found add up to 30 bytes, the engine says 40" },
  ],
  [
    "less",
    { LayersSize: 20 },
    { kind: "up-to", detail: "the layers found add up to 30 bytes, the engine says 20" },
  ],
  [
    "not to be had",
    new Refusal(403, "not for you"),
    {
      kind: "up-to",
      detail: "the engine's own total, to check the layers by, could not be read: not for you",
    },
  ],
])("the engine's total is %s", async (_title, answer, expected) => {
  const engine = await ScriptedEngine.start(() => answer);
  const client = await connectEngine(engine.endpoint);
  const sizes = new Map([
    ["sha256:a", 10],
    ["sha256:b", 20],
  ]);
  const { signal } = new AbortController();
  const checked = await checkAgainstTotal({ client, signal }, sizes).finally(() => client.close());
  expect(checked).toEqual(expected);
});
