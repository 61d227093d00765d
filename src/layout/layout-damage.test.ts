import {
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import type { LayoutWriter } from "../../scripts/demo/layout-writer.ts";
import {
  APRIL,
  imageOf,
  MAY,
  observeLayout,
  scratchLayout,
  writeImage,
} from "../../test/harness/scratch-layout.ts";

describe("damage makes the inventory incomplete and keeps the image", () => {
  const damages: [
    string,
    (layout: LayoutWriter, at: Record<"manifest" | "config" | "layer", string>) => void,
    RegExp,
  ][] = [
    ["a missing layer", (_, { layer }) => rmSync(layer), /^blob sha256:\w+ is missing$/],
    ["a layer cut short", (_, { layer }) => truncateSync(layer, 7), /has 7 bytes instead of \d+$/],
    ["a missing configuration", (_, { config }) => rmSync(config), /is missing$/],
    [
      "a changed configuration",
      (_, { config }) => overwrite(config),
      /does not have the content that its name says/,
    ],
    ["a missing manifest", (_, { manifest }) => rmSync(manifest), /is missing$/],
    [
      "a changed manifest",
      (_, { manifest }) => overwrite(manifest),
      /does not have the content that its name says/,
    ],
    [
      "a layer that is a link",
      (layout, { layer }) => {
        renameSync(layer, join(layout.directory, "elsewhere"));
        symlinkSync(join(layout.directory, "elsewhere"), layer);
      },
      /is missing$/,
    ],
    [
      "a manifest that is a link",
      (layout, { manifest }) => {
        renameSync(manifest, join(layout.directory, "elsewhere"));
        symlinkSync(join(layout.directory, "elsewhere"), manifest);
      },
      /is missing$/,
    ],
  ];

  test.each(damages)("%s", async (_what, damage, expected) => {
    const layout = scratchLayout();
    const layer = layout.layer("x", 100, MAY);
    const image = layout.image({ layers: [layer], createdAt: APRIL }, MAY);
    const sound = writeImage(layout, "sound");
    layout.add(image, "1").add(sound, "2");
    const manifest = JSON.parse(readFileSync(layout.pathOf(image.digest), "utf8"));
    damage(layout, {
      manifest: layout.pathOf(image.digest),
      config: layout.pathOf(manifest.config.digest),
      layer: layout.pathOf(layer.descriptor.digest),
    });

    const inventory = await observeLayout(layout.directory);
    const { unreadable } = imageOf(inventory, image.digest);
    expect(unreadable).toMatch(expected);
    expect(inventory).toMatchObject({
      complete: false,
      unread: ["images"],
      problems: [`localhost/app:1: ${unreadable}`],
    });
    expect(imageOf(inventory, sound.digest)).not.toHaveProperty("unreadable");
  });

  test("but a layer that is to be fetched elsewhere may be absent", async () => {
    const layout = scratchLayout();
    const { descriptor, ...rest } = layout.layer("x", 100, MAY);
    const mediaType = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip";
    layout.add(
      layout.image({ layers: [{ ...rest, descriptor: { ...descriptor, mediaType } }] }, MAY),
      "1",
    );
    rmSync(layout.pathOf(descriptor.digest));
    expect((await observeLayout(layout.directory)).problems).toEqual([]);
  });
});

/** Same length, other content. */
function overwrite(file: string): void {
  writeFileSync(file, readFileSync(file, "utf8").replace("2", "3"));
}

describe("what is no layout is refused with the file, the cause and the next step", () => {
  const cases: [string, (directory: string) => void, string, RegExp][] = [
    ["no directory", (at) => rmSync(at, { recursive: true }), "not-found", /no such file/],
    [
      "a file",
      (at) => {
        rmSync(at, { recursive: true });
        writeFileSync(at, "");
      },
      "not-found",
      /not a directory/,
    ],
    [
      "no oci-layout",
      (at) => rmSync(join(at, "oci-layout")),
      "not-a-layout",
      /oci-layout: the file is missing/,
    ],
    [
      "oci-layout not JSON",
      (at) => writeFileSync(join(at, "oci-layout"), "{"),
      "corrupt",
      /oci-layout: it is not JSON/,
    ],
    [
      "no version",
      (at) => writeFileSync(join(at, "oci-layout"), "{}"),
      "corrupt",
      /no imageLayoutVersion/,
    ],
    [
      "another version",
      (at) => writeFileSync(join(at, "oci-layout"), '{"imageLayoutVersion":"2.0.0"}'),
      "unsupported-version",
      /version "2.0.0"/,
    ],
    [
      "no index.json",
      (at) => rmSync(join(at, "index.json")),
      "not-found",
      /index.json: the file is missing/,
    ],
    [
      "index.json empty",
      (at) => writeFileSync(join(at, "index.json"), ""),
      "corrupt",
      /index.json: it is not JSON/,
    ],
    [
      "index.json a list",
      (at) => writeFileSync(join(at, "index.json"), "[]"),
      "corrupt",
      /not a JSON object/,
    ],
    [
      "schema 1",
      (at) => writeFileSync(join(at, "index.json"), '{"schemaVersion":1}'),
      "corrupt",
      /schemaVersion is 1/,
    ],
    [
      "manifests no list",
      (at) => writeFileSync(join(at, "index.json"), '{"schemaVersion":2,"manifests":{}}'),
      "corrupt",
      /manifests is not a list/,
    ],
    [
      "a bad entry",
      (at) => writeFileSync(join(at, "index.json"), '{"schemaVersion":2,"manifests":[{}]}'),
      "corrupt",
      /manifests\[0\] has no valid digest/,
    ],
    [
      "index.json a link",
      (at) => {
        renameSync(join(at, "index.json"), join(at, "other.json"));
        symlinkSync("other.json", join(at, "index.json"));
      },
      "symbolic-link",
      /index.json: it is a symbolic link/,
    ],
    [
      "blobs a link",
      (at) => {
        renameSync(join(at, "blobs"), join(at, "other"));
        symlinkSync("other", join(at, "blobs"));
      },
      "symbolic-link",
      /blobs: it is a symbolic link/,
    ],
    [
      "blobs/sha256 a link",
      (at) => {
        renameSync(join(at, "blobs/sha256"), join(at, "other"));
        symlinkSync("../other", join(at, "blobs/sha256"));
      },
      "symbolic-link",
      /sha256: it is a symbolic link/,
    ],
  ];

  test.each(cases)("%s", async (_what, damage, kind, message) => {
    const { directory } = scratchLayout();
    damage(directory);
    await expect(observeLayout(directory)).rejects.toMatchObject({
      name: "LayoutError",
      kind,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(/\.$/),
    });
  });
});

test("an empty layout is empty", async () => {
  const { directory } = scratchLayout();
  rmSync(join(directory, "blobs"), { recursive: true });
  writeFileSync(join(directory, "index.json"), '{"schemaVersion":2}');
  expect(await observeLayout(directory)).toMatchObject({ complete: true, images: [], blobs: {} });
});
