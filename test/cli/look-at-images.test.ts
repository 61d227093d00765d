import { describe, expect, test } from "vitest";

import { lookOnlyTarget } from "../fakes/look-only-target.ts";
import { imageId, sampleHost, sampleImage, sampleInventory } from "../fakes/sample-inventory.ts";
import { cli } from "./cli-harness.ts";
import { lines, run } from "./look-at-sample.ts";

const { ids, inventory: host } = sampleHost;

describe("why", () => {
  test.each([
    [
      "nginx:1.27",
      [
        "Decision   stays by preset dangling",
        "in-use: used by running container web",
        "dangling does not match",
        "goes when running container web is gone and the name nginx:1.27 no longer means it",
        "free 20MB; 100MB is shared and would stay",
      ],
    ],
    [
      "team/app:1",
      [
        "no-rule: no rule matches it",
        "by preset unused it goes (plimsoll plan -a)",
        "can perhaps be pulled again",
      ],
    ],
    [
      "ddd",
      [
        'goes by rule "dangling" of preset dangling',
        "frees 3MB of 13MB",
        "free 13MB, with 1 image only there for it",
        "its parent: <none> eeeeeeeeeeee",
      ],
    ],
    ["eee", ["built on it: <none> dddddddddddd", "unnamed step of a build"]],
    [
      "--preset production team/app:2",
      ["stays by preset production", "goes when 5 newer images of team/app have come"],
    ],
  ])("%s", async (image, texts) => {
    const { code, stdout } = await run(`why ${image}`);
    expect(code).toBe(0);
    for (const text of texts) expect(stdout).toContain(text);
  });

  test.each([
    ["why ngnix:1.27", 1, 'there is no image "ngnix:1.27"\n  Did you mean nginx:1.27?'],
    ["why sha256:0123", 1, 'there is no image "sha256:0123"'],
    ["why --preset none nginx:1.27", 2, '"none" is not a preset'],
    ["why", 2, "missing required argument"],
    ["images --filter before=ngnix:1.27", 1, "Did you mean nginx:1.27?"],
  ])("%s ends with %d", async (command, status, text) => {
    const { code, stderr } = await run(command);
    expect(code).toBe(status);
    expect(stderr).toContain(text);
  });

  test("a short ID of several images names them", async () => {
    const images = ["1", "2"].map((digit) => sampleImage(`sha256:ab${digit.repeat(62)}`));
    const { code, stderr } = await run("why ab", { inventory: sampleInventory({ images }) });
    expect(code).toBe(1);
    expect(stderr).toContain('"ab" could be any of 2 images');
    expect(stderr).toContain(`sha256:ab${"2".repeat(62)}`);
  });
});

describe("inspect", () => {
  test.each([
    ["{{.Id}}", ids.nginx],
    ["{{.Os}}", "linux"],
    ["{{.RepoTags}}", "[nginx:1.27]"],
    ["{{.ExclusiveBytes}}", "20000000"],
    ['{{index .Labels "keep"}}', "yes"],
    ["{{json .UsedBy}}", '["container web"]'],
    ["{{.Arrived}}", "2026-11-01T12:00:00Z"],
  ])("-f %s", async (template, expected) => {
    const { stdout } = await cli(["inspect", "-f", template, "nginx:1.27"], {
      openTarget: () => Promise.resolve(lookOnlyTarget(host)),
    });
    expect(stdout).toBe(`${expected}\n`);
  });

  test.each([
    ["{{.Nope}}", 'there is no field ".Nope"'],
    ["{{exec}}", 'there is no function "exec"'],
    ["{{.Id", 'lacks its "}}"'],
  ])("-f %s is a usage error", async (template, message) => {
    const { code, stdout, stderr } = await cli(["inspect", "-f", template, "nginx:1.27"], {
      openTarget: () => Promise.resolve(lookOnlyTarget(host)),
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });

  test("several images as JSON, in the order asked for", async () => {
    const document = JSON.parse(
      (await run("inspect --json redis@" + imageId("2") + " nginx:1.27")).stdout,
    );
    expect(document.images.map(({ id }: { id: string }) => id)).toEqual([ids.redis, ids.nginx]);
    expect(document.images[1]).toMatchObject({
      state: "running",
      exclusiveBytes: 20e6,
      sharedBytes: 100e6,
      raw: { Os: "linux" },
    });
  });
});

describe("layers", () => {
  const layers = [
    {
      diffId: imageId("1"),
      chainId: imageId("1"),
      blobs: ["base"],
      createdBy: "/bin/sh -c #(nop) ADD file:1 in / ",
    },
    {
      diffId: imageId("2"),
      chainId: imageId("3"),
      blobs: ["nginx"],
      createdBy: "/bin/sh -c echo '\u001b[31m'\n  && true",
    },
  ];
  const details = { layers: () => Promise.resolve(layers) };

  test("from the bottom up, with who shares them", async () => {
    const { stdout } = await run("layers nginx:1.27", { details });
    expect(lines(stdout)).toEqual([
      "#   SIZE  CHAIN ID      MADE BY                      SHARED WITH",
      "1  100MB  111111111111  ADD file:1 in /              4: team/app:1, team/app:2 and 2 more",
      String.raw`2   20MB  333333333333  RUN echo '\x1b[31m' && true  no other image`,
    ]);
  });

  test("what holds a layer besides images", async () => {
    const inventory = { ...host, heldBlobs: { nginx: "build cache", base: "container web" } };
    const { stdout } = await run("layers nginx:1.27", { inventory, details });
    expect(stdout).toContain("team/app:2 and 2 more; held by container web");
    expect(stdout).toContain("no other image; held by build cache");
  });

  test("as JSON", async () => {
    const document = JSON.parse((await run("layers --json nginx:1.27", { details })).stdout);
    expect(document).toMatchObject({ schema: "plimsoll.layers/1", id: ids.nginx });
    expect(document.layers[0]).toMatchObject({ chainId: imageId("1"), sizeBytes: 100e6 });
    expect(document.layers[0].sharedWith).toHaveLength(4);
  });
});

describe("inventory", () => {
  test("the whole document on standard output", async () => {
    expect(JSON.parse((await run("inventory")).stdout)).toEqual(host);
  });

  test("to a file, in pieces", async () => {
    const written: string[] = [];
    const { code, stdout, stderr } = await cli(["inventory", "-o", "host.json"], {
      openTarget: () => Promise.resolve(lookOnlyTarget(host)),
      files: {
        read: () => Promise.reject(new Error("nothing is read")),
        write: (path, content) => {
          written.push(path, typeof content === "string" ? content : [...content].join(""));
          return Promise.resolve();
        },
      },
    });
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: "",
      stderr: "6 images written to host.json\n",
    });
    expect(JSON.parse(written[1] ?? "")).toEqual(host);
  });

  test("a file that cannot be written is an error that names it", async () => {
    const { code, stderr } = await cli(["inventory", "-o", "/nowhere/host.json"], {
      openTarget: () => Promise.resolve(lookOnlyTarget(host)),
      files: {
        read: () => Promise.reject(new Error("nothing is read")),
        write: () =>
          Promise.reject(Object.assign(new Error("no such file or directory"), { code: "ENOENT" })),
      },
    });
    expect(code).toBe(1);
    expect(stderr).toContain("cannot write /nowhere/host.json: its folder does not exist");
  });
});

test.each(["status", "df -v", "images -a", "why evil:1", "inspect evil:1", "layers evil:1"])(
  "%s passes no escape sequence of a foreign image on",
  async (command) => {
    const evil = "\u001b]0;owned\u0007\u009b31m\u202e";
    const inventory = sampleInventory({
      problems: [],
      images: [
        sampleImage(imageId("e"), {
          references: ["docker.io/library/evil:1", `registry.example.com/${evil}:1`],
          labels: { [evil]: evil },
          platforms: [evil],
        }),
      ],
    });
    const layers = () =>
      Promise.resolve([
        { diffId: imageId("1"), chainId: imageId("1"), blobs: [], createdBy: evil },
      ]);
    const { code, stdout } = await run(command, { inventory, details: { layers } });
    expect(code).toBe(0);
    expect(stdout).not.toMatch(/[^\P{Cc}\n]|\u202E/u);
  },
);
