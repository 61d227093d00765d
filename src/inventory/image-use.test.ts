import { describe, expect, test } from "vitest";

import { idOf, inventoryOf, wordOf, type HostWords } from "../../test/fixtures/host-in-words.ts";
import { imageUse, isStopped } from "./image-use.ts";

function usesOf(host: HostWords): Record<string, readonly string[]> {
  return Object.fromEntries(
    [...imageUse(inventoryOf(host))].map(([id, uses]) => [
      wordOf(id),
      uses.map(({ kind, name, state }) => `${kind} ${name} ${state}`.trim()),
    ]),
  );
}

const images = {
  app: { names: "app:1 app@x" },
  index: { names: "multi:1", children: "arm" },
  arm: {},
  other: { names: "other:1" },
} as const;

describe("uses", () => {
  test.each<[what: string, host: HostWords, uses: Record<string, readonly string[]>]>([
    ["none", { images }, {}],
    [
      "by ID",
      { images, containers: { web: { image: "app", shown: "" } } },
      { app: ["container web running"] },
    ],
    [
      "by a short ID that is shown",
      { images, containers: { web: { shown: idOf("app").slice(7, 19) } } },
      { app: ["container web running"] },
    ],
    [
      "by name alone",
      { images, containers: { web: { shown: "docker.io/app:1", state: "dead" } } },
      { app: ["container web dead"] },
    ],
    [
      "by digest alone",
      { images, containers: { web: { shown: `app@${idOf("x")}` } } },
      { app: ["container web running"] },
    ],
    [
      "by a manifest of an index",
      { images, containers: { web: { manifest: "arm" } } },
      { arm: ["container web running"], index: ["container web running"] },
    ],
    [
      "by ID and by a name that has moved",
      { images, containers: { web: { image: "app", shown: "other:1" } } },
      { app: ["container web running"], other: ["container web running"] },
    ],
    ["a name is no prefix", { images, containers: { web: { shown: "app" } } }, {}],
    [
      "an image that is not here",
      { images, containers: { web: { image: "gone", shown: "gone:1" } } },
      {},
    ],
    [
      "a mount beside the own image",
      { images, containers: { web: { image: "app", mounts: "other:1" } } },
      { app: ["container web running"], other: ["mount web running"] },
    ],
    ...["6170", "sha256:6170"].map(
      (mounts): [string, HostWords, Record<string, readonly string[]>] => [
        `a mount by fewer digits of an ID than engines print: ${mounts}`,
        { images, containers: { web: { image: "other", mounts } } },
        { other: ["container web running"], app: ["mount web running"] },
      ],
    ),
    [
      "a mount by a name that could be an ID",
      {
        images: { ...images, cafe: { names: "cafe:latest" } },
        containers: { web: { image: "other", mounts: "cafe" } },
      },
      { other: ["container web running"], cafe: ["mount web running"] },
    ],
    [
      "a service",
      { images, services: { api: "other:1 app:9@" + idOf("x") } },
      { other: ["service api"], app: ["service api"] },
    ],
    [
      "several, sorted by name",
      { images, containers: { b: { image: "app" }, a: { image: "app", state: "exited" } } },
      { app: ["container a exited", "container b running"] },
    ],
  ])("%s", (_, host, uses) => {
    expect(usesOf(host)).toEqual(uses);
  });

  test("an ID of another algorithm", () => {
    const id = `sha512:${"ab".repeat(64)}`;
    const inventory = inventoryOf({ images: { app: {} }, containers: { web: {} } });
    const [image] = inventory.images;
    const [container] = inventory.containers;
    if (image === undefined || container === undefined) throw new Error("no host");
    const used = imageUse({
      ...inventory,
      images: [{ ...image, id }],
      containers: [{ ...container, imageId: id, image: "" }],
    });
    expect([...used.keys()]).toEqual([id]);
  });
});

test.each([
  ["created", true],
  ["exited", true],
  ["dead", true],
  ["running", false],
  ["paused", false],
  ["restarting", false],
  ["removing", false],
  ["", false],
  ["ghost", false],
])("a container that is %j is stopped: %s", (state, stopped) => {
  expect(isStopped({ state })).toBe(stopped);
});
