import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { arbitraryInventory } from "../../test/fixtures/arbitrary-host.ts";
import { arbitraryRules } from "../../test/fixtures/arbitrary-rules.ts";
import {
  deletedBy,
  idOf,
  inventoryOf,
  LIBRARIES,
  NOW,
  sha256,
  wordOf,
  type HostWords,
} from "../../test/fixtures/host-in-words.ts";
import { foreignUseOfHost } from "../inventory/foreign-use-of-host.ts";
import { foreignUseOf, silentHost, type ForeignUse } from "../inventory/foreign-use.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { Policy } from "../policy/policy.ts";
import { decide } from "./decide.ts";
import type { Plan } from "./plan.ts";

const TAKE_ALL: Policy = {
  source: "test",
  protect: [],
  images: [{ name: "all", match: {}, keep: {} }],
};

/** Two platforms in an index, an index of indexes, a signature, and an image of its own. */
const REGISTRY = inventoryOf({
  target: "registry",
  images: {
    amd: { blobs: "amd amdconfig layer" },
    arm: { blobs: "arm armconfig layer" },
    multi: { names: "host:5000/app:1", children: "amd arm", blobs: "multi amd arm" },
    outer: { names: "host:5000/app:all", children: "multi", blobs: "outer multi amd arm" },
    signature: { subject: "multi", blobs: "signature" },
    other: { names: "host:5000/app:2", blobs: "other otherconfig layer" },
  },
});

/** Blobs of registries are digests. */
function asRegistry(inventory: Inventory): Inventory {
  return {
    ...inventory,
    images: inventory.images.map((image) => ({ ...image, blobs: image.blobs.map(idOf) })),
    blobs: Object.fromEntries(
      Object.entries(inventory.blobs).map(([key, bytes]) => [idOf(key), bytes]),
    ),
  };
}

function planWith(
  foreignUse: ForeignUse,
  inventory = asRegistry(REGISTRY),
  policy = TAKE_ALL,
): Plan {
  return decide(inventory, policy, { now: NOW, sha256, libraries: LIBRARIES, foreignUse });
}

function hosts(...words: readonly HostWords[]): ForeignUse {
  return foreignUseOf(
    words.map((host, index) => foreignUseOfHost(`build-${index + 1}`, inventoryOf(host))),
  );
}

function reasonFor(plan: Plan, word: string): string | undefined {
  return plan.kept.find(({ subject }) => wordOf(subject) === word)?.reasons[0]?.detail;
}

describe("what a host holds or uses stays", () => {
  const rows: readonly {
    what: string;
    host: HostWords;
    gone: string;
    kept: string;
    why: string;
  }[] = [
    {
      what: "an image pulled by the digest of its index",
      host: { images: { config: { names: "host:5000/app@multi" } } },
      gone: "other",
      kept: "multi",
      why: "present on host build-1",
    },
    {
      what: "a container of one platform: every index that contains it, and what belongs to these",
      host: { containers: { web: { image: "x", manifest: "arm", state: "running" } } },
      gone: "other",
      kept: "outer",
      why: "used by running container web on host build-1",
    },
    {
      what: "an image that is known by its configuration alone",
      host: { images: { otherconfig: {} } },
      gone: "amd arm multi outer signature",
      kept: "other",
      why: "present on host build-1",
    },
    {
      what: "pulled from another host name",
      host: { images: { config: { names: "mirror.example.com/app@other" } } },
      gone: "amd arm multi outer signature",
      kept: "other",
      why: "present on host build-1",
    },
    {
      what: "the previous specification of a service, by its digest",
      host: { services: { api: `host:5000/app:3 host:5000/app@${idOf("other")}` } },
      gone: "amd arm multi outer signature",
      kept: "other",
      why: "used by service api on host build-1",
    },
    {
      what: "a service without a digest: what its tag means",
      host: { services: { api: "host:5000/app:2" } },
      gone: "amd arm multi outer signature",
      kept: "other",
      why: "used by service api on host build-1",
    },
    {
      what: "a service without a digest, by another name of the registry",
      host: { services: { api: "registry.internal/app:2" } },
      gone: "amd arm multi outer signature",
      kept: "other",
      why: "used by service api on host build-1",
    },
    {
      what: "nothing of it",
      host: { images: { config: { names: "host:5000/app@another" } } },
      gone: "amd arm multi other outer signature",
      kept: "-",
      why: "",
    },
  ];
  test.each(rows)("$what", ({ host, gone, kept, why }) => {
    const plan = planWith(hosts(host));
    expect(deletedBy(plan).join(" ")).toBe(gone);
    expect(reasonFor(plan, kept) ?? "").toBe(why);
  });
});

test("three uses are named, in an order that does not depend on the hosts'", () => {
  const containers = { b: { image: "other" }, a: { image: "other" } };
  const plan = planWith(hosts({ containers }, { containers }));
  expect(reasonFor(plan, "other")).toBe(
    "used by running container a on host build-1, running container a on host build-2, running container b on host build-1 and 1 more",
  );
});

describe("with a host that does not answer", () => {
  const silent = foreignUseOf([
    ...hosts({ images: { config: { names: "host:5000/app@other" } } }).hosts,
    silentHost("build-2", "connection refused"),
  ]);
  const plan = planWith(silent);
  const why = "it cannot be told what is in use on build-2 (connection refused)";

  test("nothing goes, and the plan says why", () => {
    expect(plan.actions).toEqual([]);
    expect(plan.notes).toEqual([
      `nothing goes: ${why}; a policy file names the hosts (targets, inUseOn)`,
    ]);
    expect(reasonFor(plan, "multi")).toBe(why);
  });
  test("what is known to be used says so first", () => {
    expect(reasonFor(plan, "other")).toBe("present on host build-1");
  });
});

test("the plan names the hosts that it asked, and its digest holds what they said", () => {
  const one = planWith(hosts({ images: { x: {} } }));
  const two = planWith(hosts({ images: { y: {} } }));
  expect(one.askedHosts).toEqual(["build-1"]);
  expect(one.notes).toEqual(["what these hosts hold or use stays: build-1"]);
  expect(one.actions).toEqual(two.actions);
  expect(one.inventoryDigest).not.toBe(two.inventoryDigest);
  expect(planWith(hosts({ images: { x: {} } }))).toEqual(one);
});

test("what uses images in a cluster is named as kubectl does", () => {
  const foreignUse: ForeignUse = foreignUseOf([
    {
      ...silentHost("kubernetes:prod", ""),
      complete: true,
      digests: [
        { digest: idOf("other"), users: [{ kind: "pod", name: "shop/web-1", state: "running" }] },
      ],
    },
  ]);
  expect(reasonFor(planWith(foreignUse), "other")).toBe(
    "used by running pod shop/web-1 on kubernetes:prod",
  );
});

test("a plan for a registry says that nobody was asked, unless the policy wants nobody asked", () => {
  const plan = (policy: Policy): Plan =>
    decide(REGISTRY, policy, { now: NOW, sha256, libraries: LIBRARIES });
  expect(plan(TAKE_ALL).notes.join()).toContain("no host was asked what it uses");
  expect(plan({ ...TAKE_ALL, inUseOn: [] }).notes).toEqual([]);
});

test("an engine's own images are not held by other hosts", () => {
  const engine = inventoryOf({ images: { other: { names: "app:1" } } });
  expect(deletedBy(planWith(hosts({ images: { other: {} } }), engine))).toEqual(["other"]);
});

test("for any hosts, registry and rules: nothing goes that a host has or uses, and nothing that holds it", () => {
  fc.assert(
    fc.property(
      arbitraryInventory,
      fc.array(arbitraryInventory, { maxLength: 3 }),
      arbitraryRules,
      (there, engines, rules) => {
        const registry: Inventory = { ...there, target: { ...there.target, kind: "registry" } };
        const foreignUse = foreignUseOf(
          engines.map((engine, index) => foreignUseOfHost(`host-${index}`, engine)),
        );
        const plan = planWith(foreignUse, registry, rules);
        const gone = new Set(
          plan.actions.flatMap(({ subject, kind }) => (kind === "delete-image" ? [subject] : [])),
        );
        const held = new Set(
          foreignUse.hosts.flatMap(({ digests }) => digests.map(({ digest }) => digest)),
        );
        for (const { id, children = [] } of registry.images) {
          if (held.has(id)) expect(gone).not.toContain(id);
          if (held.has(id)) for (const child of children) expect(gone).not.toContain(child);
        }
        if (foreignUse.hosts.some(({ complete }) => !complete)) {
          expect(gone.size).toBe(0);
          expect(plan.actions.some(({ kind }) => kind === "untag")).toBe(false);
        }
      },
    ),
    { numRuns: 200 },
  );
});
