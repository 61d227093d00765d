import { expect, test } from "vitest";

import { inventoryOf } from "../../test/fixtures/host-in-words.ts";
import { foreignUseOf, silentHost } from "./foreign-use.ts";
import { foreignUseOfHost } from "./foreign-use-of-host.ts";
import { parseForeignUse } from "./parse-foreign-use.ts";

const USE = foreignUseOf([
  foreignUseOfHost(
    "build-1",
    inventoryOf({
      images: { one: { names: "host:5000/app:1" } },
      containers: { web: { image: "one" } },
      services: { api: "host:5000/app:2" },
    }),
  ),
  silentHost("build-2", "connection refused"),
]);

test("what is written reads back", () => {
  expect(parseForeignUse(JSON.parse(JSON.stringify(USE)))).toEqual(USE);
});

test.each([
  ["a list", [], "it is no object"],
  ["another schema", { ...USE, schema: "plimsoll.plan/1" }, 'its schema is "plimsoll.plan/1"'],
  ["no hosts", { schema: USE.schema }, "hosts"],
  ["a host without an answer", { ...USE, hosts: [{ name: "a" }] }, "complete"],
  [
    "a user of no kind",
    {
      ...USE,
      hosts: [
        {
          ...silentHost("a", ""),
          digests: [{ digest: "x", users: [{ kind: "thing", name: "", state: "" }] }],
        },
      ],
    },
    "kind",
  ],
])("%s is refused", (_, document, detail) => {
  expect(parseForeignUse(document)).toContain(detail);
});
