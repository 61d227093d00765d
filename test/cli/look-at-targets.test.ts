import { describe, expect, test } from "vitest";

import type { Inventory } from "../../src/inventory/inventory.ts";
import type { RunSummary } from "../../src/ports/run-journal.ts";
import { lookOnlyTarget } from "../fakes/look-only-target.ts";
import { sampleHost, sampleInventory } from "../fakes/sample-inventory.ts";
import { cli } from "./cli-harness.ts";
import { lines, run } from "./look-at-sample.ts";

const { ids, inventory: host } = sampleHost;

const RUN: RunSummary = {
  id: "7",
  planId: "sha256:plan",
  targetKey: "engine:unix:///run/docker.sock",
  targetName: "default",
  state: "done",
  startedAt: "2026-11-20T11:59:00Z",
  endedAt: "2026-11-20T12:00:00Z",
  counts: { applied: 3, gone: 0, skipped: 0, failed: 0, unknown: 0 },
  predictedBytes: 12e6,
  freedBytes: 12e6,
};

describe("status", () => {
  test("the whole picture on one screen", async () => {
    const { code, stdout, stderr } = await run("status", {
      runs: [{ ...RUN, id: "8", targetKey: "engine:other" }, RUN],
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
        Promise.resolve({
          runs: () => [],
          run: () => undefined,
          runOfPlan: () => undefined,
          records: () => [],
        }),
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

  test("a pattern that is the beginning of names", async () => {
    const { stderr } = await run("images team");
    expect(stderr).toBe("no image matches \"team\"; 'team/**' is all below it\n");
    expect((await run("images team/** -q")).stdout.trim().split("\n")).toHaveLength(2);
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
