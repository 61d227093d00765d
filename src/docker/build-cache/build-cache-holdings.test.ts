import { describe, expect, test } from "vitest";
import type { CacheRecord } from "../../inventory/resources.ts";
import { exactHoldings, possibleHoldings } from "./build-cache-holdings.ts";

function record(id: string, parent: string, sizeBytes: number, description = "RUN"): CacheRecord {
  return {
    id,
    type: "regular",
    description,
    inUse: false,
    shared: true,
    sizeBytes,
    parents: parent === "" ? [] : [parent],
  };
}

const blobsById = (records: readonly CacheRecord[]) =>
  Object.fromEntries(records.map(({ id, blobs }) => [id, blobs?.toSorted()]));

describe("known layers", () => {
  /** `abc` stands on `ab` stands on `a`; images stand on those and no others. */
  const ancestry = (chainId: string) =>
    ["abc", "ab", "a"].filter((below) => chainId.startsWith(below));

  test("a record holds its layer and all below; one without a layer what its parents hold", () => {
    const records = [
      record("r1", "", 1),
      record("r2", "r1", 2),
      record("r3", "r2", 3),
      record("r4", "", 4),
    ];
    const chainIds = new Map([
      ["r1", "a"],
      ["r2", "ab"],
    ]);
    const { records: found, held } = exactHoldings(records, chainIds, ancestry);
    expect(blobsById(found)).toEqual({ r1: ["a"], r2: ["a", "ab"], r3: ["a", "ab"], r4: [] });
    expect(held).toEqual([]);
  });

  test("a layer that no record tells of is held for its own sake", () => {
    const chainIds = new Map([["ab", "ab"]]);
    expect(exactHoldings([record("r1", "", 1)], chainIds, ancestry).held).toEqual(["ab", "a"]);
  });
});

describe("layers that may be", () => {
  const sizes: Record<string, number> = { a: 100, ab: 5, ax: 7, abc: 5 };
  const agrees = (stated: number, chainId: string) => sizes[chainId] === stated;
  const stacks = [
    ["a", "ab", "abc"],
    ["a", "ax"],
  ];

  test.each([
    {
      title: "as high, of the same sizes",
      records: [record("r1", "", 100), record("r2", "r1", 7)],
      holds: ["a", "ax"],
    },
    {
      title: "another size above",
      records: [record("r1", "", 100), record("r2", "r1", 6)],
      holds: [],
    },
    {
      title: "another size below",
      records: [record("r1", "", 99), record("r2", "r1", 7)],
      holds: [],
    },
    {
      title: "a base of unknown size below",
      records: [record("r1", "", 0, "from local "), record("r2", "r1", 5)],
      holds: ["a", "ab"],
    },
    {
      title: "nothing but a base: any as high",
      records: [record("r1", "", 0, "from local "), record("r2", "r1", 0, "pulled from x")],
      holds: ["a", "ab", "ax"],
    },
    {
      title: "higher than any",
      records: [
        record("r1", "", 0, "from local "),
        ...["r2", "r3", "r4"].map((id, i) => record(id, `r${i + 1}`, 5)),
      ],
      holds: [],
    },
  ])("$title", ({ records, holds }) => {
    const found = possibleHoldings(records, stacks, agrees).records.at(-1);
    expect(found?.blobs?.toSorted()).toEqual(holds);
  });

  test("only layers are meant, not sources of a build", () => {
    const source = { ...record("r1", "", 100), type: "source.local" };
    expect(possibleHoldings([source], stacks, agrees).records).toEqual([source]);
  });
});
