import { expect, test } from "vitest";
import { imageId, sampleImage, sampleInventory } from "../../test/fakes/sample-inventory.ts";
import { sampleAction } from "../../test/fakes/sample-plan.ts";
import type { Image } from "../inventory/image.ts";
import { withBelongings } from "./belongings.ts";
import type { Action } from "./plan.ts";

const APP = imageId("a");
const SIGNATURE = imageId("b");
const SIGNATURE_OF_IT = imageId("c");
const PLATFORM = imageId("d");

const IMAGES = [
  sampleImage(APP, { references: ["localhost/app:1"], children: [PLATFORM] }),
  sampleImage(SIGNATURE_OF_IT, { subject: SIGNATURE }),
  sampleImage(SIGNATURE, { subject: APP }),
  sampleImage(PLATFORM, {}),
];
const RECORD = { way: "record", detail: "" } as const;

interface Host {
  readonly kind?: "layout" | "engine";
  readonly names?: readonly string[];
  readonly images?: readonly Image[];
}

function ways(
  ofApp: Action["recovery"]["way"],
  { kind = "layout", names = [], images = IMAGES }: Host = {},
): readonly string[] {
  const target = { kind, name: "app", address: "oci:app" } as const;
  const actions = [
    sampleAction({
      subject: APP,
      references: ["localhost/app:1"],
      recovery: { way: ofApp, detail: "" },
    }),
    ...[SIGNATURE_OF_IT, SIGNATURE, PLATFORM].map((subject) =>
      sampleAction({ subject, references: names, recovery: RECORD }),
    ),
  ];
  return withBelongings(actions, sampleInventory({ target, images })).map(
    ({ recovery }) => recovery.way,
  );
}

test.each<[string, Parameters<typeof ways>, readonly string[]]>([
  [
    "what belongs to it goes into the bin with it",
    ["archive"],
    ["archive", "archive", "archive", "archive"],
  ],
  ["of an image that leaves a record only", ["record"], ["record", "record", "record", "record"]],
  [
    "engines have no such images of their own",
    ["archive", { kind: "engine" }],
    ["archive", "record", "record", "record"],
  ],
  [
    "what has a name of its own is decided by itself",
    ["archive", { names: ["localhost/app:sig"] }],
    ["archive", "record", "record", "record"],
  ],
  [
    "what belongs to nothing that goes into the bin",
    ["archive", { images: IMAGES.map((image) => sampleImage(image.id, {})) }],
    ["archive", "record", "record", "record"],
  ],
])("%s", (_, args, expected) => {
  expect(ways(...args)).toEqual(expected);
});
