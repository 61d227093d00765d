import { join } from "node:path";
import { expect, test } from "vitest";

import type { CliContext } from "../../src/cli/cli-context.ts";
import { openRecoveryBin } from "../../src/layout/recovery-bin.ts";
import type {
  RegistryFinder,
  RegistryFinding,
  RegistryQuery,
} from "../../src/ports/registry-finder.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { archive, configImage, noise } from "../fixtures/bin-images.ts";
import { cli, NOW_MS } from "./cli-harness.ts";
import { fakeHost, WEB } from "./fake-host.ts";

const HUB = "docker.io/library/web";
const OWN = "registry.test:5000";
const DIGEST = `sha256:${"d".repeat(64)}`;

/** Registries by their tags; whoever is not among them does not answer. */
function registries(
  tags: Readonly<Record<string, readonly string[]>>,
  search: RegistryFinder["search"] = () => Promise.resolve([]),
): RegistryFinder & { readonly asked: string[] } {
  const asked: string[] = [];
  const holds = (wanted: RegistryQuery["reference"], text: string): boolean =>
    typeof wanted === "string" ? wanted === text : wanted(text);
  return {
    asked,
    find({ host }, { repository, reference }) {
      asked.push(host);
      const mine = tags[host];
      if (mine === undefined) return Promise.reject(new Error(`${host}: the host is down`));
      const found = mine.flatMap((name): RegistryFinding[] => {
        const [path = "", tag = ""] = name.split(":");
        if (!holds(repository, path)) return [];
        if (reference === DIGEST) return [{ repository: path, digest: DIGEST, platforms: [] }];
        if (!holds(reference, tag)) return [];
        const createdAt = new Date(NOW_MS - 86_400_000).toISOString();
        return [{ repository: path, tag, digest: DIGEST, platforms: ["linux/arm64"], createdAt }];
      });
      return Promise.resolve({ found, leftOut: [] });
    },
    search,
    close: () => Promise.resolve(),
  };
}

async function filledBin(): Promise<Pick<CliContext, "openBin">> {
  const clock = (): number => NOW_MS;
  const bin = await openRecoveryBin(join(scratchFolder(), "bin"), clock);
  await archive(bin, configImage("web", [noise("web", 100)]), {
    references: [`${HUB}:0`],
    repoDigests: [`${OWN}/web@${DIGEST}`],
    removedAt: new Date(NOW_MS - 2 * 86_400_000).toISOString(),
  });
  return { openBin: () => Promise.resolve(bin) };
}

async function find(args: readonly string[], finder: RegistryFinder) {
  return cli(["find", ...args], {
    ...fakeHost().context,
    ...(await filledBin()),
    configuredRegistries: () => Promise.resolve([OWN]),
    openRegistryFinder: () => Promise.resolve(finder),
  });
}

test("every place that has it is a line, with what brings it here", async () => {
  const finder = registries({ [OWN]: ["web:2", "other:1"], "docker.io": ["library/web:latest"] });
  const { code, stdout } = await find(["web"], finder);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^recovery bin +web:0 +\w{12} +- +removed 2d ago +plimsoll restore web:0$/m,
  );
  expect(stdout).toMatch(/^\S+ +web:1 +a{12} .* it is here$/m);
  const pull = `docker pull ${OWN}/web:2`;
  expect(stdout).toContain(pull);
  expect(stdout).toMatch(/^registry.test:5000 +\S+web:2 +d{12} +linux\/arm64 +1d +docker pull/m);
  expect(stdout).toMatch(/^docker.io +web:latest .* docker pull web:latest$/m);
  expect(stdout).not.toContain("other:1");
});

test("what the bin knows by digest is asked of its registry", async () => {
  const finder = registries({ [OWN]: ["web:2"], "docker.io": [] });
  const { stdout } = await find(["web:0", "--json"], finder);
  const { found, schema } = JSON.parse(stdout) as {
    schema: string;
    found: readonly { place: { kind: string }; reference: string; command?: string }[];
  };
  expect(schema).toBe("plimsoll.find/1");
  expect(found.map(({ place, reference, command }) => [place.kind, reference, command])).toEqual([
    ["bin", `${HUB}:0`, "plimsoll restore web:0"],
    ["registry", `${OWN}/web@${DIGEST}`, `docker pull ${OWN}/web@${DIGEST}`],
  ]);
});

test("a place that does not answer is a line with the reason", async () => {
  const { code, stdout } = await find(["web:1"], registries({ [OWN]: [] }));
  expect(code).toBe(0);
  expect(stdout).toMatch(/^docker.io gave no answer: the host is down$/m);
});

test("nowhere is status 1", async () => {
  const { code, stdout } = await find(["nothing:1"], registries({ [OWN]: [], "docker.io": [] }));
  expect(code).toBe(1);
  expect(stdout).toBe("No place that answered has nothing:1.\n");
});

test("a registry that is named is the only one that is asked, and an ID is asked of none", async () => {
  const finder = registries({ [OWN]: ["web:2"] });
  expect((await find([`${OWN}/web:2`], finder)).code).toBe(0);
  expect(finder.asked).toEqual([OWN]);
  const byId = registries({});
  expect((await find([WEB.slice(7, 19)], byId)).code).toBe(0);
  expect(byId.asked).toEqual([]);
});

test("Docker Hub's search suggests, finds nothing, and may stay silent", async () => {
  const nearly = { name: "someone/nothing", description: "a  thing", stars: 7, official: false };
  const none = { [OWN]: [], "docker.io": [] };
  const suggested = await find(
    ["nothing"],
    registries(none, () => Promise.resolve([nearly])),
  );
  expect(suggested.code).toBe(1);
  expect(suggested.stdout).toMatch(/^someone\/nothing +7 +a thing$/m);
  const down = () => Promise.reject(new Error("unreachable"));
  expect((await find(["nothing"], registries(none, down))).stdout).not.toContain("unreachable");
  const unasked = () => Promise.reject(expect.unreachable());
  expect((await find(["nothing", "--no-search"], registries(none, unasked))).code).toBe(1);
});

test("targets of a policy file are asked under their names", async () => {
  const host = fakeHost();
  const text =
    'version: 1\ntargets: { far: { engine: "ssh://far.test" }, own: { registry: "https://own.test" } }\n';
  const { stdout } = await cli(["find", "web:1", "-p", "policy.yaml"], {
    ...host.context,
    ...(await filledBin()),
    files: { read: () => Promise.resolve(text), write: () => Promise.reject(new Error("none")) },
    openRegistryFinder: () =>
      Promise.resolve(registries({ "docker.io": [], "own.test": ["web:1"] })),
  });
  expect(stdout).toMatch(/^far +web:1 .* docker -H ssh:\/\/far.test save web:1 \| docker load$/m);
  expect(stdout).toMatch(/^own.test +own.test\/web:1 /m);
});

test.each([["/re/"], ["A B"], ["web", "--timeout", "soon"]])(
  "%s is a usage error",
  async (...args) => {
    expect((await find(args, registries({}))).code).toBe(2);
  },
);
