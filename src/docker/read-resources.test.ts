import { expect, test } from "vitest";
import { toCacheRecord } from "./build-cache/build-cache-records.ts";
import { toNetwork } from "./read-networks.ts";
import { toServices } from "./read-services.ts";
import { toVolume, volumeSizesOf } from "./read-volumes.ts";

test.each([
  { title: "named", answer: { Name: "data" }, marks: true, anonymous: false },
  {
    title: "marked as anonymous",
    answer: { Name: "x", Labels: { "com.docker.volume.anonymous": "" } },
    marks: true,
    anonymous: true,
  },
  {
    title: "anonymous by its name (20.10)",
    answer: { Name: "ab".repeat(32), Labels: null },
    marks: false,
    anonymous: true,
  },
  {
    title: "named with a digest (23 and later)",
    answer: { Name: "ab".repeat(32), Labels: {} },
    marks: true,
    anonymous: false,
  },
])("a volume that is $title", ({ answer, marks, anonymous }) => {
  expect(toVolume(answer, undefined, marks).anonymous).toBe(anonymous);
});

test("a volume's size of -1 is unknown", () => {
  const sizes = volumeSizesOf([
    { Name: "a", UsageData: { Size: -1 } },
    { Name: "b", UsageData: { Size: 0 } },
    { Name: "c", UsageData: null },
  ]);
  expect([...sizes]).toEqual([["b", 0]]);
});

test.each([
  ["bridge", undefined, true],
  ["podman", undefined, true],
  ["docker_gwbridge", undefined, true],
  ["my-ingress", true, true],
  ["bridge2", false, false],
])("network %s (ingress %s) is built in: %s", (Name, Ingress, builtIn) => {
  expect(toNetwork({ Id: "n", Name, ...(Ingress === undefined ? {} : { Ingress }) }).builtIn).toBe(
    builtIn,
  );
});

test("a service's images: current, previous, and those of its tasks, each once", () => {
  const spec = (Image: string) => ({ Name: "web", TaskTemplate: { ContainerSpec: { Image } } });
  const services = toServices(
    [
      { ID: "s1", Spec: spec("web:2"), PreviousSpec: spec("web:1") },
      { ID: "s2", PreviousSpec: null },
    ],
    [
      { ServiceID: "s1", Spec: { ContainerSpec: { Image: "web:2" } } },
      { ServiceID: "s1", Spec: { ContainerSpec: { Image: "web:0" } } },
      { ServiceID: "gone", Spec: { ContainerSpec: null } },
      { ServiceID: "s3", Spec: { ContainerSpec: { Image: "late:1" } } },
    ],
  );
  expect(services).toEqual([
    { id: "s1", name: "web", images: ["web:2", "web:1", "web:0"] },
    { id: "s2", name: "s2", images: [] },
    // The list of services was read before this one came.
    { id: "s3", name: "s3", images: ["late:1"] },
  ]);
});

test.each([
  { title: "20.10", answer: { ID: "r", Parent: "p" }, parents: ["p"] },
  { title: "23 and later", answer: { ID: "r", " Parents": ["p", "q"] }, parents: ["p", "q"] },
  { title: "a later correction", answer: { ID: "r", Parents: ["p"] }, parents: ["p"] },
  { title: "none", answer: { ID: "r", " Parents": null }, parents: [] },
])("parents of a cache record as of $title", ({ answer, parents }) => {
  expect(toCacheRecord(answer).parents).toEqual(parents);
});

test("a cache record of which nothing is said counts as in use", () => {
  expect(toCacheRecord({ ID: "r" }).inUse).toBe(true);
});

test("a cache record that was never used or measured", () => {
  const record = toCacheRecord({
    ID: "r",
    Size: -1,
    LastUsedAt: null,
    InUse: false,
    CreatedAt: "2026-11-21T12:43:12Z",
  });
  expect(record).toEqual({
    id: "r",
    type: "",
    description: "",
    inUse: false,
    shared: false,
    sizeBytes: 0,
    createdAt: "2026-11-21T12:43:12.000Z",
    parents: [],
  });
});
