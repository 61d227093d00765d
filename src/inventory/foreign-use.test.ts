import { expect, test } from "vitest";

import { foreignUseOf, silentHost, type ForeignHost } from "./foreign-use.ts";

const host = (name: string, swarm?: ForeignHost["swarm"]): ForeignHost => ({
  ...silentHost(name, ""),
  complete: true,
  problems: [],
  ...(swarm === undefined ? {} : { swarm }),
});
const manager = (name: string, nodeId: string): ForeignHost =>
  host(name, { nodeId, isManager: true, managerIds: [nodeId] });
const worker = (name: string, ...managerIds: readonly string[]): ForeignHost =>
  host(name, { nodeId: name, isManager: false, managerIds });
const complete = (...hosts: readonly ForeignHost[]): readonly boolean[] =>
  foreignUseOf(hosts).hosts.map((each) => each.complete);

test("a host outside of any Swarm speaks for itself", () => {
  expect(complete(host("a"))).toEqual([true]);
});

test("a worker whose manager was asked as well", () => {
  expect(complete(worker("a", "m1", "m2"), manager("b", "m2"))).toEqual([true, true]);
});

test("a worker alone does not know what its services would start", () => {
  const [asked] = foreignUseOf([worker("a", "m1"), host("b")]).hosts;
  expect(asked?.complete).toBe(false);
  expect(asked?.problems.join()).toContain("none of its managers was asked");
});

test("the manager of another Swarm tells nothing, nor does one that did not answer", () => {
  expect(complete(worker("a", "m1"), manager("b", "m9"))).toEqual([false, true]);
  const silent = { ...manager("b", "m1"), complete: false };
  expect(complete(worker("a", "m1"), silent)).toEqual([false, false]);
});

test("a manager speaks for itself, whichever managers it knows", () => {
  expect(complete(host("a", { nodeId: "m1", isManager: true, managerIds: ["m2"] }))).toEqual([
    true,
  ]);
});

test("which host answered first changes nothing", () => {
  const hosts = [host("c"), host("a"), host("b")];
  expect(foreignUseOf(hosts).hosts.map(({ name }) => name)).toEqual(["a", "b", "c"]);
  expect(foreignUseOf(hosts.toReversed())).toEqual(foreignUseOf(hosts));
});

test("what was saved so stays so, said once", () => {
  const saved = foreignUseOf([worker("a", "m1")]);
  expect(foreignUseOf(saved.hosts)).toEqual(saved);
});
