import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import type { CliContext } from "../../src/cli/cli-context.ts";
import { silentHost, type ForeignHost } from "../../src/inventory/foreign-use.ts";
import { readTextFile } from "../../src/main/text-files.ts";
import { createTargetSession } from "../../src/operations/create-target-session.ts";
import type { Plan } from "../../src/plan/plan.ts";
import type { ConfiguredEngine } from "../../src/ports/configured-engine.ts";
import { inventoryOf, wordOf, type HostWords } from "../fixtures/host-in-words.ts";
import { scratchFolder } from "../fakes/scratch-folder.ts";
import { openRunJournal } from "../../src/store/sqlite-run-journal.ts";
import { createLeaseOffice } from "../../src/store/process-lease.ts";
import { cli, NOW_MS, type CliResult } from "./cli-harness.ts";

const REGISTRY: HostWords = {
  target: "registry",
  images: { one: { names: "host:5000/app:1" }, two: { names: "host:5000/app:2" } },
};
const BUILD_1: HostWords = { images: { config: { names: "host:5000/app@one" } } };

const FILE = `version: 1
targets:
  hub: { registry: "https://host:5000" }
  build-1: { engine: tcp://build-1:2375 }
  build-2: { engine: tcp://build-2:2375 }
images:
  - { match: {}, keep: { none: true } }
limits: { wholeRepositories: allow }
`;

interface Asked extends CliResult {
  readonly opened: readonly string[];
}

/** What answers at each address; the others refuse. */
async function run(
  line: string,
  answers: Readonly<Record<string, HostWords>>,
  file = FILE,
  askCluster?: CliContext["askCluster"],
  engines: readonly ConfiguredEngine[] = [],
  terminal: Pick<CliContext, "canAsk" | "confirm"> | undefined = undefined,
): Promise<Asked> {
  const folder = scratchFolder();
  const path = join(folder, "policy.yaml");
  writeFileSync(path, file);
  const opened: string[] = [];
  const openTarget: CliContext["openTarget"] = (spec = "") => {
    opened.push(spec);
    const host = answers[spec];
    if (host === undefined) return Promise.reject(new Error("connection refused"));
    const inventory = inventoryOf(host);
    const unused = () => Promise.reject(new Error("only looked at"));
    return Promise.resolve(
      createTargetSession({
        reader: { target: inventory.target, observe: () => Promise.resolve(inventory) },
        details: { raw: unused, layers: unused },
        readEngineId: () => Promise.resolve(undefined),
        openRemover: unused,
        openJournal: () => openRunJournal(folder),
        sightings: { record: () => new Map() },
        leases: createLeaseOffice(folder, () => NOW_MS),
        clock: () => NOW_MS,
        notify: () => undefined,
        close: () => Promise.resolve(),
      }),
    );
  };
  const files = {
    read: readTextFile,
    write: () => Promise.reject(new Error("nothing is written")),
  };
  const inUse = join(folder, "in-use.json");
  const registry = join(folder, "registry.json");
  writeFileSync(registry, JSON.stringify(inventoryOf(REGISTRY)));
  const named: Readonly<Record<string, string>> = {
    FILE: path,
    "IN-USE": inUse,
    REGISTRY: registry,
  };
  const words = line.split(" ").map((word) => named[word] ?? word);
  if (line.includes("IN-USE")) {
    const { stdout } = await cli(["registry", "in-use", "-p", path], { openTarget, files });
    writeFileSync(inUse, stdout);
  }
  const clusters = askCluster === undefined ? {} : { askCluster };
  const openHistory = () => Promise.resolve(openRunJournal(folder));
  const result = await cli(words, {
    openTarget,
    openHistory,
    files,
    ...clusters,
    configuredEngines: () => Promise.resolve(engines),
    ...terminal,
  });
  return { ...result, opened: opened.toSorted() };
}

function deleted({ stdout }: CliResult): readonly string[] {
  return (JSON.parse(stdout) as Plan).actions.map(({ subject }) => wordOf(subject));
}

const HUB = "registry://host:5000";
const ABSENT: ConfiguredEngine = { spec: undefined, name: "default", isAbsent: true };
const ALL = { [HUB]: REGISTRY, "tcp://build-1:2375": BUILD_1, "tcp://build-2:2375": {} };

describe("planning for a registry", () => {
  test("asks every engine of the policy, and what they hold stays", async () => {
    const asked = await run("plan -p FILE -t hub --json", ALL);
    expect(asked.code).toBe(0);
    expect(deleted(asked)).toEqual(["two"]);
  });

  test("an engine that does not answer: nothing goes, and the plan says why", async () => {
    const asked = await run("plan -p FILE -t hub", {
      ...ALL,
      "tcp://build-2:2375": undefined as never,
    });
    expect(asked.code).toBe(0);
    expect(asked.stdout).toContain(
      "it cannot be told what is in use on build-2 (connection refused)",
    );
    expect(asked.stdout).toContain("nothing goes");
  });

  test("inUseOn names the ones to ask", async () => {
    const asked = await run(
      "plan -p FILE -t hub --json",
      { [HUB]: REGISTRY, "tcp://build-1:2375": BUILD_1 },
      `${FILE}inUseOn: [build-1]\n`,
    );
    expect(deleted(asked)).toEqual(["two"]);
  });

  test("an empty one asks none", async () => {
    const asked = await run(
      "plan -p FILE -t hub --json",
      { [HUB]: REGISTRY },
      `${FILE}inUseOn: []\n`,
    );
    expect(deleted(asked).toSorted()).toEqual(["one", "two"]);
  });

  describe("a Kubernetes cluster", () => {
    const file = `${FILE}inUseOn: [build-1, "kubernetes:prod"]\n`;
    const needed: ForeignHost = {
      ...silentHost("kubernetes:prod", ""),
      complete: true,
      problems: [],
      names: [
        {
          reference: "host.internal/app:2",
          users: [{ kind: "replicaset", name: "shop/web-5d8f", state: "" }],
        },
      ],
    };

    test("what it uses stays, by whatever host name it knows the registry", async () => {
      const asked = await run("plan -p FILE -t hub --all-kept", ALL, file, () =>
        Promise.resolve(needed),
      );
      expect(asked.stdout).toContain("in-use  used by replicaset shop/web-5d8f on kubernetes:prod");
      expect(asked.stdout).toContain(
        "what these hosts hold or use stays: build-1, kubernetes:prod",
      );
    });

    test("when it does not answer nothing goes, and the plan says why", async () => {
      const asked = await run("plan -p FILE -t hub", ALL, file, () =>
        Promise.reject(new Error("no context")),
      );
      expect(asked.stdout).toContain(
        "nothing goes: it cannot be told what is in use on kubernetes:prod (no context)",
      );
    });

    test("unless it is named it is not asked", async () => {
      const asked = await run("plan -p FILE -t hub", ALL, FILE, () =>
        Promise.reject(new Error("asked")),
      );
      expect(asked.stdout).not.toContain("asked");
    });
  });

  test("why tells of the host", async () => {
    const { stdout } = await run("why -p FILE -t hub host:5000/app:1", ALL);
    expect(stdout).toContain("in-use: present on host build-1");
  });
});

/** One runs, one has two tags of which a service names one, one nobody knows. */
const MANY: HostWords = {
  target: "registry",
  images: {
    one: { names: "host:5000/app:1" },
    two: { names: "host:5000/app:2 host:5000/app:latest" },
    three: { names: "host:5000/app:3" },
  },
};
const HOSTS = {
  [HUB]: MANY,
  "tcp://build-1:2375": {
    images: { config: { names: "host:5000/app@one" } },
    containers: { web: { image: "config", state: "running" } },
    services: { api: "host:5000/app:2" },
  },
  "tcp://build-2:2375": {},
} satisfies Record<string, HostWords>;

describe("rm from a registry", () => {
  test("an image that a host uses stays, and what uses it is named", async () => {
    const { code, stderr } = await run("rm -p FILE -t hub --dry-run host:5000/app:1", HOSTS);
    expect(code).toBe(1);
    expect(stderr).toContain(
      "host:5000/app:1 stays: used by running container web on host build-1",
    );
  });

  test("a name that a service is started by stays, though the image has another", async () => {
    const { code, stdout, stderr } = await run(
      "rm -p FILE -t hub --dry-run host:5000/app:2",
      HOSTS,
    );
    expect(code).toBe(1);
    expect(stdout).not.toContain("untag");
    expect(stderr).toContain("host:5000/app:2 stays: used by service api on host build-1");
  });

  test("another name of it goes", async () => {
    const { code, stdout } = await run(
      "rm -p FILE -t hub --dry-run --json host:5000/app:latest host:5000/app:3",
      HOSTS,
    );
    expect(code).toBe(0);
    const { plan } = JSON.parse(stdout) as { plan: Plan };
    expect(plan.actions.flatMap(({ references }) => references).toSorted()).toEqual([
      "host:5000/app:3",
      "host:5000/app:latest",
    ]);
    expect(plan.askedHosts).toEqual(["build-1", "build-2"]);
  });

  test.each(["host:5000/app:3", "host:5000/app:latest"])(
    "with a host that does not answer %s stays",
    async (name) => {
      const answers = { [HUB]: MANY, "tcp://build-1:2375": {} };
      const { code, stderr } = await run(`rm -p FILE -t hub --dry-run ${name}`, answers);
      expect(code).toBe(1);
      expect(stderr).toContain(`${name} stays: it cannot be told what is in use on build-2`);
    },
  );

  test("where nobody was asked it says so, and so does the question", async () => {
    const questions: string[] = [];
    const terminal = {
      canAsk: true,
      confirm: (question: string) => Promise.resolve(questions.push(question) === 0),
    };
    const line = `rm -t ${HUB} host:5000/app:1`;
    const { stdout, stderr } = await run(line, HOSTS, FILE, undefined, [ABSENT], terminal);
    expect(stdout).toContain("no host was asked what it uses of this registry");
    expect(questions).toEqual(["No host was asked what it uses of this registry. Remove these?"]);
    expect(stderr).toContain("Nothing was removed.");
  });
});

describe("without a word on hosts, those that docker is configured for are asked", () => {
  const ENGINES: readonly ConfiguredEngine[] = [
    { spec: "tcp://build-1:2375", name: "default" },
    { spec: "tcp://build-2:2375", name: "other" },
  ];
  const FOR_REGISTRY = `version: 1
targets: { hub: { registry: "https://host:5000" } }
images: [{ match: {}, keep: { none: true } }]
limits: { wholeRepositories: allow }
`;
  const ask = (line: string, answers: Readonly<Record<string, HostWords>>, file = FOR_REGISTRY) =>
    run(line, answers, file, undefined, ENGINES);

  test("rm", async () => {
    const { code, stderr } = await ask(`rm -t ${HUB} --dry-run host:5000/app:1`, HOSTS);
    expect(code).toBe(1);
    expect(stderr).toContain(
      "host:5000/app:1 stays: used by running container web on host default",
    );
  });

  test.each(["plan -p FILE -t hub", `plan --preset ci -t ${HUB}`])("%s", async (line) => {
    const { opened } = await ask(`${line} --json`, HOSTS);
    expect(opened).toEqual([HUB, "tcp://build-1:2375", "tcp://build-2:2375"]);
  });

  test("one that does not answer may be using anything", async () => {
    const answers = { [HUB]: MANY, "tcp://build-1:2375": {} };
    const { stdout } = await ask("plan -p FILE -t hub", answers);
    expect(stdout).toContain("Nothing to remove.");
    expect(stdout).toContain("nothing goes: it cannot be told what is in use on other");
  });

  test("none, where a policy wants none asked", async () => {
    const { opened } = await ask(
      "plan -p FILE -t hub --json",
      HOSTS,
      `${FOR_REGISTRY}inUseOn: []\n`,
    );
    expect(opened).toEqual([HUB]);
  });
});

describe("looking at a registry", () => {
  const lineOf = (text: string, tag: string): string =>
    text.split("\n").find((line) => line.includes(` ${tag} `)) ?? "";

  test("images says what is in use by whom", async () => {
    const { stdout, stderr } = await run("images -p FILE -t hub", HOSTS);
    expect(lineOf(stdout, "1")).toContain("web on build-1");
    expect(lineOf(stdout, "2")).toContain("api on build-1");
    expect(lineOf(stdout, "3")).not.toContain(" on ");
    expect(stderr).toContain("Asked what is in use: build-1, build-2.");
  });

  test("images --json has it all", async () => {
    const { stdout } = await run("images -p FILE -t hub --json", HOSTS);
    const document = JSON.parse(stdout) as { images: readonly object[]; askedHosts: unknown };
    expect(document.askedHosts).toEqual([
      { name: "build-1", complete: true },
      { name: "build-2", complete: true },
    ]);
    expect(document.images).toContainEqual(
      expect.objectContaining({
        references: ["host:5000/app:1"],
        state: "running",
        signed: false,
        usedElsewhere: [
          { host: "build-1", users: [{ kind: "container", name: "web", state: "running" }] },
        ],
      }),
    );
  });

  test("images of a state", async () => {
    const { stdout } = await run("images -p FILE -t hub --state running -q", HOSTS);
    expect(stdout.trim().split("\n")).toHaveLength(2);
  });

  test("without a policy nobody is asked, and nothing is called unused", async () => {
    const { stdout, stderr, opened } = await run(`images -t ${HUB}`, HOSTS);
    expect(opened).toEqual([HUB]);
    expect(stdout).not.toContain("unused");
    expect(stderr).toContain("Nobody was asked what is in use");
  });

  test("a host that does not answer is told of", async () => {
    const { code, stderr } = await run("images -p FILE -t hub", { [HUB]: MANY });
    expect(code).toBe(0);
    expect(stderr).toContain("it cannot be told what is in use on build-1: connection refused");
  });

  test.each(["df", "status"])(
    "%s counts what is in use, and what the policy frees",
    async (verb) => {
      const { stdout } = await run(`${verb} -p FILE -t hub --json`, HOSTS);
      expect(JSON.parse(stdout)).toMatchObject({ images: { count: 3, inUse: 2 } });
      const plans = (JSON.parse(stdout) as { plans: readonly object[] }).plans;
      expect(plans.at(-1)).toMatchObject({ preset: "policy", images: 1 });
    },
  );

  test("why names what uses it", async () => {
    const { stdout } = await run("why -p FILE -t hub host:5000/app:1", HOSTS);
    expect(stdout).toMatch(/Used by +running container web on host build-1/);
    expect(stdout).toContain("end its use, and take it off host build-1");
    const silent = { [HUB]: MANY, "tcp://build-1:2375": {} };
    const unsure = await run("why -p FILE -t hub host:5000/app:1", silent);
    expect(unsure.stdout).toMatch(/Used by +it cannot be told what is in use on build-2/);
    const alone = await run(`why -t ${HUB} host:5000/app:1`, HOSTS);
    expect(alone.stdout).toMatch(/Used by +not known: a policy file names the hosts/);
  });
});

test("planning for an engine asks no other", async () => {
  const { opened } = await run("plan -p FILE -t build-1", ALL);
  expect(opened).toEqual(["tcp://build-1:2375"]);
});

describe("a saved inventory of a registry", () => {
  const saved = (words: string) =>
    run(`plan -p FILE --inventory REGISTRY --now 2026-11-21T12:00:00Z --json${words}`, ALL);

  test("with what its hosts used", async () => {
    const asked = await saved(" --in-use IN-USE");
    expect(asked.stderr).toBe("");
    expect(deleted(asked)).toEqual(["two"]);
    expect(asked.opened).toEqual(["tcp://build-1:2375", "tcp://build-2:2375"]);
  });

  test("without it nothing is known of them, and nothing goes", async () => {
    const asked = await saved("");
    expect(deleted(asked)).toEqual([]);
    expect((JSON.parse(asked.stdout) as Plan).notes.join()).toContain("without asking it");
  });

  test.each([
    ["plan -p FILE -t hub --in-use IN-USE", "--in-use needs --inventory"],
    ["plan -p FILE --inventory REGISTRY --in-use REGISTRY", "its schema is"],
    ["registry in-use", "-p FILE says which hosts"],
  ])("%s is a mistake", async (line, detail) => {
    const { code, stderr } = await run(line, ALL);
    expect(code).toBe(2);
    expect(stderr).toContain(detail);
  });

  test("registry in-use tells of a host that is silent, and ends as done in part", async () => {
    const { code, stderr, stdout } = await run("registry in-use -p FILE", {
      "tcp://build-1:2375": BUILD_1,
    });
    expect(code).toBe(3);
    expect(stderr).toContain("build-2: connection refused");
    expect(stdout).toContain("plimsoll.foreign-use/1");
  });
});
