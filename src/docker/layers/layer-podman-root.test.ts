import { expect, test } from "vitest";
import { chainIdsOf } from "./layer-chain.ts";
import { chainIdsOfPodman } from "./layer-podman-root.ts";

const diff = (digit: string) => `sha256:${digit.repeat(64)}`;

test("layers have the chain IDs of their stacks, in whatever order the file has them", () => {
  const [one, two] = chainIdsOf([diff("1"), diff("2")]);
  const layers = [
    { id: "top", parent: "bottom", "diff-digest": diff("2") },
    { id: "bottom", "diff-digest": diff("1") },
    { id: "of a container", parent: "top" },
    { id: "lost", parent: "nowhere", "diff-digest": diff("3") },
  ];
  expect(chainIdsOfPodman(layers)).toEqual(
    new Map([
      ["bottom", one],
      ["top", two],
    ]),
  );
});
