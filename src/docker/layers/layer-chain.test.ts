import { expect, test } from "vitest";
import { chainIdsOf } from "./layer-chain.ts";

const EMPTY_TAR = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";

test("a chain ID is that of the stack below and the layer, hashed together", () => {
  expect(chainIdsOf([])).toEqual([]);
  // `printf 'sha256:5f70… sha256:5f70…' | sha256sum`
  expect(chainIdsOf([EMPTY_TAR, EMPTY_TAR])).toEqual([
    EMPTY_TAR,
    "sha256:170b376f64fb30995c140276be3d71dfb256b308d86183ca3b22aa93a79ad548",
  ]);
});
