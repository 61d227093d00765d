import { describe, expect, test } from "vitest";
import { Refusal, ScriptedEngine } from "../../../test/fakes/scripted-engine.ts";
import { connectEngine } from "../connection/engine-client.ts";
import { EngineImageRemover, type RemoverOptions } from "./image-remover.ts";

const ID = `sha256:${"a".repeat(64)}`;
const OTHER = `sha256:${"b".repeat(64)}`;
const CHAIN = `sha256:${"c".repeat(64)}`;
const SEVERAL = new Refusal(
  409,
  "conflict: unable to delete aaaa (must be forced) - image is referenced in multiple repositories",
);
const NAMES = ["docker.io/library/app:1", "docker.io/library/app:2", "registry.test/app:1"];

/** A graphdriver engine with one image, whose names go one by one. */
class OneImage {
  names = new Map<string, string>(NAMES.map((name) => [name, ID]));
  digestNames = new Set<string>();
  containers: object[] = [];
  services: object[] = [];
  /** What a removal by ID answers once a single name is left. */
  lastAnswer: unknown = undefined;
  isThere = true;
  /** Another request removes it at the same moment. */
  vanishes = false;

  readonly answer = (request: string): unknown => {
    const [method, path = ""] = request.split(" ");
    const name = /^\/images\/([^?]*?)(\/json|\/tag)?(\?|$)/.exec(path)?.[1] ?? "";
    if (path.startsWith("/containers/json")) return this.containers;
    if (path === "/services") return this.services;
    if (path.startsWith("/images/json")) return [{ Id: ID }, { Id: OTHER }];
    if (method === "GET") return this.#inspect(name);
    if (method === "POST") return this.#tag(path);
    return name === ID ? this.#deleteById() : this.#deleteName(name);
  };

  #own(): string[] {
    return [...this.names].flatMap(([name, id]) => (id === ID ? [name] : []));
  }

  #inspect(name: string): unknown {
    const isOwn = (name === ID && this.isThere) || this.digestNames.has(name);
    const id = isOwn ? ID : this.names.get(name);
    if (id === undefined) return new Refusal(404, "No such image");
    return { Id: id, RepoTags: this.#own(), RepoDigests: [...this.digestNames] };
  }

  #tag(path: string): undefined {
    const query = new URL(path, "http://engine").searchParams;
    this.names.set(`${query.get("repo")}:${query.get("tag")}`, ID);
  }

  #deleteName(name: string): unknown {
    this.names.delete(name);
    this.digestNames.delete(name);
    return [{ Untagged: name }];
  }

  #deleteById(): unknown {
    if (!this.isThere) return new Refusal(404, "No such image");
    if (this.#own().length > 1) return SEVERAL;
    if (this.vanishes) this.isThere = false;
    if (this.lastAnswer !== undefined) return this.lastAnswer;
    this.isThere = false;
    return [{ Untagged: "app:2" }, { Deleted: ID }, { Deleted: CHAIN }];
  }
}

async function withRemover<T>(
  image: OneImage,
  work: (remover: EngineImageRemover, engine: ScriptedEngine) => Promise<T>,
  options: RemoverOptions = { imageStore: "graphdriver" },
): Promise<T> {
  const engine = await ScriptedEngine.start(image.answer);
  const client = await connectEngine(engine.endpoint);
  try {
    return await work(new EngineImageRemover(client, options), engine);
  } finally {
    client.close();
  }
}

const deleteAll = (image: OneImage) =>
  withRemover(image, (remover) => remover.deleteImage(ID, NAMES));

describe("an image with several names", () => {
  test("goes name by name, the last with the image", async () => {
    const image = new OneImage();
    const removal = await withRemover(image, async (remover, engine) => {
      const result = await remover.deleteImage(ID, NAMES);
      expect(engine.requests.filter((request) => request.startsWith("DELETE"))).toEqual([
        `DELETE /images/${ID}`,
        `DELETE /images/${NAMES[0]}`,
        `DELETE /images/${NAMES[1]}`,
        `DELETE /images/${ID}`,
      ]);
      return result;
    });
    expect(removal).toEqual({
      outcome: "removed",
      detail: "",
      deletedImages: [ID],
      deletedBlobs: [CHAIN],
    });
  });

  test("stays, with all its names, when a container uses it", async () => {
    const image = new OneImage();
    image.containers = [{ Id: "1", Names: ["/web"], ImageID: ID, State: "exited" }];
    expect(await deleteAll(image)).toMatchObject({
      outcome: "conflict",
      detail: "it is used by container web",
    });
    expect(image.names.size).toBe(3);
  });

  test("stays, with all its names, when it has one that the plan did not know", async () => {
    const image = new OneImage();
    const removal = await withRemover(image, (remover) =>
      remover.deleteImage(ID, NAMES.slice(0, 2)),
    );
    expect(removal).toMatchObject({
      outcome: "conflict",
      detail: "it is named registry.test/app:1 as well now",
    });
    expect(image.names.size).toBe(3);
  });

  test.each([
    ["refuses at the end", new Refusal(409, "image has dependent child images"), "conflict"],
    ["fails at the end", new Refusal(500, "no space left"), "failed"],
    ["says success and keeps it", [], "conflict"],
  ])("gets its names back when the engine %s", async (_name, lastAnswer, outcome) => {
    const image = new OneImage();
    image.lastAnswer = lastAnswer;
    expect(await deleteAll(image)).toMatchObject({ outcome, deletedImages: [] });
    expect([...image.names.keys()].toSorted()).toEqual(NAMES);
  });

  test("says which digests it has lost, for those cannot be given back", async () => {
    const image = new OneImage();
    const digestName = `docker.io/library/app@${OTHER}`;
    image.digestNames.add(digestName);
    image.lastAnswer = new Refusal(409, "image has dependent child images");
    expect(await deleteAll(image)).toMatchObject({
      outcome: "conflict",
      detail: `image has dependent child images; it has lost the names app@${OTHER}`,
    });
    expect([...image.names.keys()].toSorted()).toEqual(NAMES);
  });

  test("leaves a name to the image that was given it meanwhile", async () => {
    const image = new OneImage();
    image.lastAnswer = new Refusal(409, "image has dependent child images");
    const answer = image.answer;
    const given = Object.assign(image, {
      answer: (request: string) => {
        // A build takes the first name once it is free.
        if (request === `DELETE /images/${NAMES[1]}`) image.names.set(NAMES[0] ?? "", OTHER);
        return answer(request);
      },
    });
    expect(await deleteAll(given)).toMatchObject({
      outcome: "conflict",
      detail: "image has dependent child images",
    });
    expect(Object.fromEntries(image.names)).toEqual({
      [NAMES[0] ?? ""]: OTHER,
      [NAMES[1] ?? ""]: ID,
      [NAMES[2] ?? ""]: ID,
    });
  });

  test("gives up, and its names back, when one means another image meanwhile", async () => {
    const image = new OneImage();
    const answer = image.answer;
    const moving = Object.assign(image, {
      answer: (request: string) => {
        // The second name moves between the look at the image and the look at the name.
        if (request === `DELETE /images/${NAMES[0]}`) image.names.set(NAMES[1] ?? "", OTHER);
        return answer(request);
      },
    });
    expect(await deleteAll(moving)).toMatchObject({
      outcome: "conflict",
      detail: "app:2 means another image now",
    });
    expect(image.names).toEqual(
      new Map([
        [NAMES[2], ID],
        [NAMES[1], OTHER],
        [NAMES[0], ID],
      ]),
    );
  });
});

describe("an image with one name", () => {
  const one = (change: (image: OneImage) => void) => {
    const image = new OneImage();
    image.names = new Map([["docker.io/library/app:1", ID]]);
    change(image);
    return image;
  };
  test.each([
    ["is gone", one((image) => (image.isThere = false)), "gone"],
    [
      "vanishes, as 20.10 says it",
      one((image) => {
        image.vanishes = true;
        image.lastAnswer = new Refusal(500, `unrecognized image ID ${ID}`);
      }),
      "gone",
    ],
    [
      "vanishes without the engine saying so",
      one((image) => {
        image.vanishes = true;
        image.lastAnswer = [];
      }),
      "removed",
    ],
    [
      "is there although the engine says that it is not",
      one((image) => (image.lastAnswer = new Refusal(404, "content not found"))),
      "failed",
    ],
    [
      "is used",
      one((image) => (image.lastAnswer = new Refusal(409, "image is being used"))),
      "conflict",
    ],
    [
      "is forbidden",
      one((image) => (image.lastAnswer = new Refusal(403, "authorization denied"))),
      "refused",
    ],
    ["fails", one((image) => (image.lastAnswer = new Refusal(500, "no space left"))), "failed"],
  ])("%s", async (_name, image, outcome) => {
    expect(await deleteAll(image)).toMatchObject({ outcome });
  });
});

describe("untag", () => {
  test.each([
    ["one of several names", NAMES[0], () => {}, "removed"],
    ["a name that is gone", "docker.io/library/gone:1", () => {}, "gone"],
    [
      "a name that has moved",
      NAMES[0],
      (image: OneImage) => image.names.set(NAMES[0] ?? "", OTHER),
      "conflict",
    ],
    [
      "the last name",
      NAMES[0],
      (image: OneImage) => (image.names = new Map([[NAMES[0] ?? "", ID]])),
      "conflict",
    ],
  ] as const)("%s", async (_name, reference, change, outcome) => {
    const image = new OneImage();
    change(image);
    const removal = await withRemover(image, (remover) => remover.untag(reference ?? "", ID));
    expect(removal).toMatchObject({ outcome, deletedImages: [] });
  });
});

describe("use", () => {
  const mount = (text: string) => ({
    Id: "1",
    Names: ["/web"],
    ImageID: OTHER,
    Mounts: [{ Type: "image", Name: text }],
  });
  test.each([
    ["by image ID", { Id: "1", Names: ["/web"], ImageID: ID }, true],
    [
      "by platform manifest",
      { Id: "1", Names: ["/web"], ImageID: OTHER, ImageManifestDescriptor: { digest: ID } },
      true,
    ],
    ["by name", { Id: "1", Names: ["/web"], ImageID: CHAIN, Image: "app:1" }, true],
    ["as a mount by name", mount("app:1"), true],
    ["as a mount by short ID", mount("a".repeat(12)), true],
    ["as a mount by digest", mount(`app@${ID}`), true],
    ["as a mount by name and the digest of another", mount(`app:1@${OTHER}`), true],
    ["as a mount by the digest of another", mount(`app@${OTHER}`), false],
    ["of another image", { Id: "1", Names: ["/web"], ImageID: OTHER, Image: "other" }, false],
    ["as a mount of another image", mount("application:1"), false],
  ])("%s", async (_name, container, isUsed) => {
    const image = new OneImage();
    image.containers = [container];
    const current = await withRemover(image, (remover) => remover.currentImage(ID));
    expect(current).toEqual({ id: ID, references: NAMES, usedBy: isUsed ? ["container web"] : [] });
  });

  describe("by a Swarm service that came after the plan", () => {
    const named = (Image: string) => ({ TaskTemplate: { ContainerSpec: { Image } } });
    const manager: RemoverOptions = { imageStore: "graphdriver", managesSwarm: true };

    test.each([
      ["in its specification", { Spec: { Name: "api", ...named("app:1") } }],
      ["in its previous one", { Spec: { Name: "api" }, PreviousSpec: named(`app:2@${OTHER}`) }],
    ])("%s", async (_title, service) => {
      const image = new OneImage();
      image.services = [{ ID: "s1", ...service }];
      await withRemover(
        image,
        async (remover) => {
          expect(await remover.currentImage(ID)).toMatchObject({ usedBy: ["service api"] });
          expect(await remover.deleteImage(ID, NAMES)).toMatchObject({ outcome: "conflict" });
        },
        manager,
      );
      expect(image.names.size).toBe(NAMES.length);
    });

    test("looks at the same moment share the question, and only a manager is asked", async () => {
      const asked = (options: RemoverOptions) =>
        withRemover(
          new OneImage(),
          async (remover, engine) => {
            await Promise.all([remover.currentImage(ID), remover.currentImage(OTHER)]);
            return engine.requests.filter((request) => request === "GET /services").length;
          },
          options,
        );
      expect(await asked(manager)).toBeLessThanOrEqual(2);
      expect(await asked({ imageStore: "graphdriver" })).toBe(0);
    });

    test("that cannot be asked for: the look fails", async () => {
      const image = new OneImage();
      const { answer } = image;
      const silent = Object.assign(image, {
        answer: (request: string) =>
          request === "GET /services" ? new Refusal(503, "no leader") : answer(request),
      });
      const look = withRemover(silent, (remover) => remover.currentImage(ID), manager);
      await expect(look).rejects.toThrow("no leader");
    });
  });

  test("comes with the time at which a name was last given", async () => {
    const image = new OneImage();
    const { answer } = image;
    const LastTagTime = "2026-11-21T12:00:00+01:00";
    const timed = Object.assign(image, {
      answer: (request: string) =>
        request === `GET /images/${ID}/json`
          ? { ...(answer(request) as object), Metadata: { LastTagTime } }
          : answer(request),
    });
    const current = await withRemover(timed, (remover) => remover.currentImage(ID));
    expect(current?.taggedAt).toBe("2026-11-21T11:00:00.000Z");
    image.names.clear();
    const nameless = await withRemover(timed, (remover) => remover.currentImage(ID));
    expect(nameless).toEqual({ id: ID, references: [], usedBy: [] });
  });

  test("is asked of the index where there is one", async () => {
    const names = [...NAMES, `moby-dangling@${ID}`, `docker.io/library/app@${ID}`];
    const options: RemoverOptions = {
      imageStore: "containerd",
      imageIndex: { lookup: (id) => Promise.resolve(id === ID ? { names } : undefined) },
    };
    await withRemover(
      new OneImage(),
      async (remover, engine) => {
        expect(await remover.currentImage(ID)).toEqual({ id: ID, references: NAMES, usedBy: [] });
        expect(await remover.currentImage(OTHER)).toBeUndefined();
        expect(await remover.stillListed([ID, OTHER])).toEqual([ID]);
        expect(engine.requests.filter((request) => request.includes("/images/"))).toEqual([]);
      },
      options,
    );
  });
});
