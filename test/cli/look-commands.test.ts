import { describe, expect, test } from "vitest";

import type { Inventory } from "../../src/inventory/inventory.ts";
import type { ImageDetails } from "../../src/ports/image-details.ts";
import type { RunSummary } from "../../src/ports/run-journal.ts";
import { lookOnlyTarget } from "../fakes/look-only-target.ts";
import { imageId, sampleHost, sampleImage, sampleInventory } from "../fakes/sample-inventory.ts";
import { cli } from "./cli-harness.ts";

const { ids, inventory: host } = sampleHost;

const RUN: RunSummary = {
  id: "7",
  planId: "sha256:plan",
  targetKey: "engine:default",
  targetName: "default",
  state: "done",
  startedAt: "2026-11-20T11:59:00Z",
  endedAt: "2026-11-20T12:00:00Z",
  counts: { applied: 3, gone: 0, skipped: 0, failed: 0, unknown: 0 },
  predictedBytes: 12e6,
  freedBytes: 12e6,
};

function run(
  command: string,
  {
    inventory = host,
    details = {},
    runs = [],
  }: { inventory?: Inventory; details?: Partial<ImageDetails>; runs?: readonly RunSummary[] } = {},
) {
  return cli(command.split(" "), {
    openTarget: () => Promise.resolve(lookOnlyTarget(inventory, details)),
    openHistory: () =>
      Promise.resolve({ runs: () => runs, run: () => undefined, runOfPlan: () => undefined }),
  });
}

const lines = (text: string): readonly string[] => text.trimEnd().split("\n");

describe("status", () => {
  test("the whole picture on one screen", async () => {
    const { code, stdout, stderr } = await run("status", {
      runs: [{ ...RUN, targetName: "other" }, RUN],
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(lines(stdout)).toEqual([
      "default (unix:///run/docker.sock)",
      "Docker 28.5.2, API 1.51, graphdriver image store",
      "Disk [############........] 62% of 100GB used, 38GB free",
      "",
      "HOLDS        COUNT  IN USE   SIZE  COULD GO",
      "Images           6       2  195MB      68MB",
      "Containers       2       1    3MB       2MB",
      "Volumes          2       1   34MB       4MB",
      "Build cache      1       0    9MB       9MB",
      "",
      "COULD GO               IMAGES  FREES",
      "dangling for over 1 h       2  13MB",
      "in use by nothing           4  68MB",
      "",
      "TOP REPOSITORIES  IMAGES   SIZE  EXCLUSIVE",
      "redis                  1   50MB       50MB",
      "nginx                  1  120MB       20MB",
      "<none>                 2  113MB       13MB",
      "team/app               2  112MB        7MB",
      "",
      "Last run 7, 1d ago: done, 3 removals, 12MB predicted, 12MB freed",
      "Next plimsoll plan     2 dangling images, 13MB",
      "     plimsoll plan -a  4 images, 68MB",
    ]);
  });

  test("says how sure it is, and why", async () => {
    const accuracy = { kind: "at-least", detail: "disk blocks cannot be seen from here" } as const;
    const { stdout } = await run("status", { inventory: { ...host, accuracy } });
    expect(stdout).toContain(
      "in use by nothing           4  at least 68MB\ndisk blocks cannot be seen from here\n",
    );
  });

  test("of an empty target", async () => {
    const { stdout } = await run("status", { inventory: sampleInventory() });
    expect(stdout).toContain("Nothing to do");
    expect(stdout).toContain("in use by nothing           0  -");
  });

  test("what could not be read is said, and looking into it comes first", async () => {
    const partial = sampleInventory({
      complete: false,
      unread: ["containers"],
      problems: ["the containers could not be read: HTTP 500"],
    });
    const { stdout, stderr } = await run("status", { inventory: partial });
    expect(stderr).toContain("the containers could not be read: HTTP 500");
    expect(stdout).toContain("Next plimsoll doctor");
  });

  test("shows all else where the history cannot be opened", async () => {
    const error = Object.assign(new Error("/state/state.db: cannot be written"), {
      kind: "unwritable",
    });
    const { code, stdout, stderr } = await cli(["status"], {
      openTarget: () => Promise.resolve(lookOnlyTarget(host)),
      openHistory: () => Promise.reject(error),
    });
    expect(code).toBe(0);
    expect(stderr).toContain("the last run is not known: /state/state.db: cannot be written");
    expect(stdout).toContain("plimsoll plan -a");
  });

  test("takes one inventory, and next steps keep the target", async () => {
    const session = lookOnlyTarget(host);
    const { stdout } = await cli(["status", "-t", "docker://build host"], {
      openTarget: () => Promise.resolve(session),
      openHistory: () =>
        Promise.resolve({ runs: () => [], run: () => undefined, runOfPlan: () => undefined }),
    });
    expect(session.observed).toBe(1);
    expect(stdout).toContain("plimsoll plan -t 'docker://build host' -a");
  });

  test("where no use can be seen, nothing counts as unused", async () => {
    const layout: Inventory = {
      ...host,
      target: { kind: "layout", name: "images", address: "oci:/images" },
      containers: [],
      engine: undefined as never,
    };
    const { stdout } = await run("status", { inventory: layout });
    expect(stdout).toContain("all but the 5 latest of a repository");
    expect(stdout).not.toContain("IN USE");
  });
});

test("df: a repository's exclusive bytes are what goes with it, an image of two repositories is neither's", async () => {
  const { stdout } = await run("df");
  expect(lines(stdout).slice(5)).toEqual([
    "Of the images 1 is a part of others: build steps without a name, manifests of an index.",
    "",
    "REPOSITORY                          IMAGES   SIZE  SHARED  EXCLUSIVE  COULD GO",
    "redis                                    1   50MB      0B       50MB      50MB",
    "nginx                                    1  120MB   100MB       20MB        0B",
    "<none>                                   2  113MB   100MB       13MB      13MB",
    "team/app                                 2  112MB   105MB        7MB        0B",
    "registry.example.com:5000/team/app       1  105MB   105MB         0B        0B",
    "",
    "What could go, image by image: plimsoll plan -a",
  ]);
});

test("df -v --json tells of every image", async () => {
  const document = JSON.parse((await run("df -v --json")).stdout);
  expect(document).toMatchObject({
    schema: "plimsoll.df/1",
    totalBytes: 195e6,
    plans: [{ preset: "unused", images: 4, freesBytes: 68e6 }],
  });
  expect(document.imageUsage).toHaveLength(6);
  expect(document.imageUsage[0]).toMatchObject({
    id: ids.redis,
    exclusiveBytes: 50e6,
    sharedBytes: 0,
    couldGo: true,
  });
});

describe("images", () => {
  test("a line for every name, newest first", async () => {
    const { stdout } = await run("images");
    expect(lines(stdout)).toEqual([
      "REPOSITORY                          TAG     ID            CREATED  USED   SIZE  EXCLUSIVE  STATE",
      "team/app                            2       cccccccccccc  1d       -     107MB        7MB  stopped",
      "<none>                              <none>  dddddddddddd  2d       -     113MB       13MB  dangling",
      "team/app                            1       bbbbbbbbbbbb  10d      -     105MB        5MB  unused",
      "registry.example.com:5000/team/app  1       bbbbbbbbbbbb  10d      -     105MB        5MB  unused",
      "nginx                               1.27    aaaaaaaaaaaa  51d      1h    120MB       20MB  running",
      "redis                               <none>  ffffffffffff  -        -      50MB       50MB  dangling",
    ]);
  });

  test.each([
    ["images -q --sort name", ["nginx", "redis", "app1", "app2", "build"]],
    ["images -q --sort size", ["nginx", "build", "app2", "app1", "redis"]],
    ["images -q --sort exclusive", ["redis", "nginx", "build", "app2", "app1"]],
    ["images -q --sort used", ["nginx", "redis", "app1", "app2", "build"]],
    ["images -q -a --state dangling", ["build", "redis"]],
    ["images -q --filter label=keep", ["nginx"]],
    ["images -q --filter label!=keep --state running", []],
    ["images -q --filter before=team/app:2 --filter since=nginx:1.27", ["build", "app1"]],
    ["images -q --filter reference=team/app:*", ["app2", "app1"]],
    ["images -q --larger-than 110MB", ["build", "nginx"]],
    ["images -q --registry registry.example.com:5000", ["app1"]],
    ["images -q team/app:1", ["app1"]],
  ] as const)("%s", async (command, names) => {
    const { stdout } = await run(command);
    expect(stdout).toBe(names.map((name) => `${ids[name].slice(7, 19)}\n`).join(""));
  });

  test("what cannot be decided for want of a time is left out and said", async () => {
    const { stdout, stderr } = await run("images -q --unused-for 9d");
    expect(stdout).toBe(`${"b".repeat(12)}\n`);
    expect(stderr).toContain("2 images left out");
  });

  test("every wrong flag is named", async () => {
    const { code, stderr } = await run("images --filter bad=1 --larger-than big --unused-for long");
    expect(code).toBe(2);
    for (const wrong of ['--filter "bad=1"', '--larger-than "big"', '--unused-for "long"'])
      expect(stderr).toContain(wrong);
  });

  test("a pattern that matches nothing", async () => {
    const { code, stderr } = await run("images app");
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr:
        "no image matches \"app\"; a name without a registry is one of Docker Hub, '**/app' is on any\n",
    });
  });
});

describe("why", () => {
  test.each([
    [
      "nginx:1.27",
      [
        "Decision   stays by preset dangling",
        "in-use: used by running container web",
        "remove container web",
        "free 20MB; 100MB is shared and would stay",
      ],
    ],
    [
      "team/app:1",
      [
        "no-rule: no rule matches it",
        "by preset unused it goes (plimsoll plan -a)",
        "perhaps its registry",
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
    ["--preset production team/app:2", ["stays by preset production", "remove container job"]],
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
        write: () => Promise.reject(new Error("ENOENT: no such file or directory")),
      },
    });
    expect(code).toBe(1);
    expect(stderr).toContain("cannot write /nowhere/host.json: ENOENT");
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
