import { expect } from "vitest";

import { cacheAllowanceBytes } from "../../src/plan/cache-allowance.ts";
import { testCases, type CaseRow } from "./case-table.ts";
import { describeImports, describeRefusals, importedPolicy } from "./imported-cases.ts";

interface Bounds extends CaseRow {
  readonly space: string;
  readonly totalBytes: number;
  readonly freeBytes: number;
  readonly allowed: number | undefined;
}

testCases<Bounds>(
  "imported from buildkit: how much may stay on a disk of 10,000",
  [
    {
      id: "I1",
      what: "no bound",
      space: "",
      totalBytes: 1000,
      freeBytes: 9000,
      allowed: undefined,
    },
    {
      id: "I2",
      what: "a maximum",
      space: "maxUsedSpace = 2000",
      totalBytes: 1000,
      freeBytes: 9000,
      allowed: 2000,
    },
    {
      id: "I3",
      what: "free space",
      space: 'minFreeSpace = "50%"',
      totalBytes: 7000,
      freeBytes: 3000,
      allowed: 5000,
    },
    {
      id: "I4",
      what: "free space and a reserve",
      space: "minFreeSpace = 5000\nreservedSpace = 6000",
      totalBytes: 7000,
      freeBytes: 3000,
      allowed: 6000,
    },
    {
      id: "I5",
      what: "all three",
      space: "maxUsedSpace = 4000\nreservedSpace = 2000\nminFreeSpace = 5000",
      totalBytes: 7000,
      freeBytes: 3000,
      allowed: 4000,
    },
  ],
  async ({ space, totalBytes, freeBytes, allowed }) => {
    const toml = `[worker.oci]\n[[worker.oci.gcpolicy]]\nall = true\n${space}`;
    const [rule] = (await importedPolicy("buildkit", toml)).buildCache ?? [];
    const known = { totalBytes: 10_000, freeBytes };
    expect(cacheAllowanceBytes(rule?.whileAbove ?? {}, totalBytes, known)).toBe(allowed);
  },
);

const gcRule = (lines: string) => `[worker.oci]\ngc = true\n[[worker.oci.gcpolicy]]\n${lines}`;

describeImports("buildkit", [
  {
    id: "I11",
    what: "a record in use stays, and so does what it was made from",
    policy: gcRule("all = true"),
    holds: { cache: { parent: {}, child: { parents: "parent", inUse: true }, free: {} } },
    deletes: "",
    removes: "free",
  },
  {
    id: "I12",
    what: "the first default rule takes sources and cache mounts alone",
    policy: '[worker.oci]\nmaxUsedSpace = "1GB"',
    holds: {
      cache: {
        source: { type: "source.local", sizeBytes: 300_000_000, used: "4d" },
        git: { type: "source.git.checkout", sizeBytes: 300_000_000, used: "3d" },
        mount: { type: "exec.cachemount", sizeBytes: 300_000_000, used: "1d" },
        step: { sizeBytes: 100_000_000, used: "9d" },
      },
    },
    deletes: "",
    removes: "git source",
    remarks: "the ones that BuildKit has",
  },
  {
    id: "I13",
    what: "one record after another until it is enough",
    policy: gcRule("keepBytes = 1500000"),
    holds: { cache: { a: { used: "1d" }, b: { used: "3d" }, c: { used: "2d" } } },
    deletes: "",
    removes: "b c",
  },
  {
    id: "I14",
    what: "a duration with a floor takes nothing that is young",
    policy: gcRule('keepDuration = "48h"\nreservedSpace = 1000000'),
    holds: {
      cache: { a: { used: "1d" }, b: { used: "3d" }, c: { used: "4d" }, d: { used: "1h" } },
    },
    deletes: "",
    removes: "b c",
  },
  {
    id: "I14-floor",
    what: "and nothing below the floor",
    policy: gcRule("keepDuration = 172800\nreservedSpace = 3000000"),
    holds: {
      cache: { a: { used: "1d" }, b: { used: "3d" }, c: { used: "4d" }, d: { used: "1h" } },
    },
    deletes: "",
    removes: "c",
  },
  {
    id: "I12-kinds",
    what: "without `all` neither shared records nor BuildKit's own go",
    policy: gcRule(""),
    holds: {
      cache: {
        own: { type: "internal" },
        frontend: { type: "frontend" },
        shared: { shared: true },
        step: {},
      },
    },
    deletes: "",
    removes: "step",
  },
  {
    id: "I12-engine",
    what: "the engine's own form, old names and new ones",
    policy: {
      "data-root": "/var/lib/docker",
      builder: {
        gc: {
          enabled: true,
          policy: [
            {
              keepStorage: "2MB",
              filter: ["unused-for=48h", "type=source.local,type=exec.cachemount"],
            },
            { keepStorage: "0", filter: { "unused-for": ["1440h"] } },
            { filter: ["inuse=true"], all: true },
          ],
        },
      },
    },
    holds: {
      cache: {
        a: { type: "source.local", used: "3d" },
        b: { type: "exec.cachemount", used: "4d" },
        c: { used: "61d" },
        d: { used: "59d" },
      },
    },
    deletes: "",
    removes: "a b c",
    remarks: 'gc-3 is left out: it asks for "inuse=true"',
  },
  {
    id: "I1-off",
    what: "switched off",
    policy: "[worker.oci]\ngc = false",
    holds: { cache: { a: {} } },
    deletes: "",
    remarks: "switched off",
  },
]);

describeRefusals("buildkit", [
  {
    id: "I2-refused",
    what: "sizes, durations and names that are none",
    policy: gcRule('maxUsedSpace = "lots"\nkeepDuration = "long"\nkeepbytes = 1'),
    problems: [
      'worker.oci.gcpolicy[0].maxUsedSpace: must be a size such as "512MB" or "10%", not "lots"',
      'worker.oci.gcpolicy[0].keepDuration: must be seconds or a duration such as "48h", not "long"',
      "worker.oci.gcpolicy[0].keepbytes: is not known here",
    ],
  },
  {
    id: "I1-refused",
    what: "a text that is no TOML",
    policy: "[worker.oci\ngc = true",
    problems: ["line 1"],
  },
  {
    id: "I1-elsewhere",
    what: "a file about other things",
    policy: "debug = true",
    problems: ["it has neither [worker.oci] nor [worker.containerd]"],
  },
]);
