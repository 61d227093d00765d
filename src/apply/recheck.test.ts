import { expect, test } from "vitest";
import { FakeTarget } from "../../test/fakes/fake-target.ts";
import { sampleAction } from "../../test/fakes/sample-plan.ts";
import type { Action } from "../plan/plan.ts";
import { recheck } from "./recheck.ts";

const APP = "docker.io/library/app:1";
const IMAGE = sampleAction({ subject: "sha256:a", references: [APP] });
const UNTAG = sampleAction({ kind: "untag", subject: APP, references: [APP], imageId: "sha256:a" });
const CONTAINER = sampleAction({ kind: "remove-container", subject: "c1" });
const VOLUME = sampleAction({ kind: "remove-volume", subject: "v1" });
const NETWORK = sampleAction({ kind: "remove-network", subject: "n1" });
const CACHE = sampleAction({ kind: "prune-build-cache", subject: "r1" });

const PLANNED_AT = "2026-11-20T12:00:00Z";

function world(): FakeTarget {
  const target = new FakeTarget();
  target.addImage("sha256:a", { la: 1 }, { references: [APP] });
  target.addContainer("c1", { imageId: "sha256:other", state: "exited" });
  target.volumes.set("v1", 1);
  target.networks.add("n1");
  return target;
}

type Change = (target: FakeTarget) => void;
const nothing: Change = () => {};

const ROWS: readonly (readonly [string, Action, Change, string, string])[] = [
  ["an unchanged image", IMAGE, nothing, "go", ""],
  ["an image that went", IMAGE, (t) => t.images.delete("sha256:a"), "gone", "was gone already"],
  [
    "an image with a new tag",
    IMAGE,
    (t) => t.images.get("sha256:a")?.references.push("docker.io/library/app:2"),
    "skip",
    "gained the tag app:2 since the plan",
  ],
  [
    "an image with two new tags",
    IMAGE,
    (t) => t.images.get("sha256:a")?.references.push("ghcr.io/b:1", "ghcr.io/c:1"),
    "skip",
    "gained the tags ghcr.io/b:1, ghcr.io/c:1 since the plan",
  ],
  [
    "an image that lost its tag",
    IMAGE,
    (t) => t.images.get("sha256:a")?.references.pop(),
    "go",
    "had lost the tag app:1 since the plan",
  ],
  [
    "an image that was named before the plan",
    IMAGE,
    (t) => namedAt(t, "2026-11-20T12:00:00Z"),
    "go",
    "",
  ],
  [
    "an image that was given its name once more",
    IMAGE,
    (t) => namedAt(t, "2026-11-20T12:00:01Z"),
    "skip",
    "was named again since the plan",
  ],
  [
    "an image with a new container",
    IMAGE,
    (t) => t.addContainer("web", { imageId: "sha256:a" }),
    "skip",
    "is in use by container web",
  ],
  [
    "an image that cannot be looked at",
    IMAGE,
    (t) => t.blind.set("sha256:a", new Error("connection reset")),
    "skip",
    "could not be looked at: connection reset",
  ],
  ["a tag that stayed", UNTAG, nothing, "go", ""],
  ["a tag that went", UNTAG, (t) => t.images.delete("sha256:a"), "gone", "was gone already"],
  [
    "a tag that moved",
    UNTAG,
    (t) => {
      t.images.get("sha256:a")?.references.pop();
      t.addImage("sha256:b", {}, { references: [APP] });
    },
    "skip",
    "points to another image since the plan",
  ],
  [
    "a tag of an image that the plan does not name",
    sampleAction({ kind: "untag", subject: APP }),
    nothing,
    "skip",
    "the plan does not say which image it means",
  ],
  ["an exited container", CONTAINER, nothing, "go", ""],
  ["a created container", CONTAINER, (t) => setState(t, "created"), "go", ""],
  ["a dead container", CONTAINER, (t) => setState(t, "dead"), "go", ""],
  ["a running container", CONTAINER, (t) => setState(t, "running"), "skip", "is running now"],
  ["a paused container", CONTAINER, (t) => setState(t, "paused"), "skip", "is paused now"],
  [
    "a restarting container",
    CONTAINER,
    (t) => setState(t, "restarting"),
    "skip",
    "is restarting now",
  ],
  [
    "a container that ran before the plan",
    CONTAINER,
    (t) => ranAt(t, "2026-11-20T11:59:59Z"),
    "go",
    "",
  ],
  [
    "a container that has run since the plan",
    CONTAINER,
    (t) => ranAt(t, "2026-11-20T13:00:01+01:00"),
    "skip",
    "has run since the plan",
  ],
  [
    "a container in a state of the future",
    CONTAINER,
    (t) => setState(t, "frozen"),
    "skip",
    "is frozen now",
  ],
  [
    "a container that went",
    CONTAINER,
    (t) => t.containers.delete("c1"),
    "gone",
    "was gone already",
  ],
  ["an unused volume", VOLUME, nothing, "go", ""],
  [
    "a volume that a container mounts",
    VOLUME,
    (t) => t.addContainer("db", { imageId: "x", volumes: ["v1"] }),
    "skip",
    "is in use by db",
  ],
  ["a volume that went", VOLUME, (t) => t.volumes.clear(), "gone", "was gone already"],
  ["an unused network", NETWORK, nothing, "go", ""],
  [
    "a network with a container",
    NETWORK,
    (t) => t.addContainer("db", { imageId: "x", networks: ["n1"] }),
    "skip",
    "is in use by db",
  ],
  ["a cache record, which has no look", CACHE, nothing, "go", ""],
];

test.each(ROWS)("%s", async (_name, action, change, kind, detail) => {
  const target = world();
  change(target);
  expect(await recheck(action, target, PLANNED_AT)).toEqual({ kind, detail });
});

function namedAt(target: FakeTarget, taggedAt: string): void {
  target.addImage("sha256:a", { la: 1 }, { references: [APP], taggedAt });
}

function ranAt(target: FakeTarget, lastRanAt: string): void {
  target.addContainer("c1", { imageId: "sha256:other", lastRanAt });
}

function setState(target: FakeTarget, state: string): void {
  target.addContainer("c1", { imageId: "sha256:other", state });
}
