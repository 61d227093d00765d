import { describe, expect, test } from "vitest";

import { idOf, inventoryOf, type HostWords } from "../../test/fixtures/host-in-words.ts";
import { foreignUseOfHost } from "./foreign-use-of-host.ts";

function found(host: HostWords) {
  const { digests, names } = foreignUseOfHost("build-1", inventoryOf(host));
  return {
    digests: Object.fromEntries(
      digests.map(({ digest, users }) => [
        digest,
        users.map(({ kind, name }) => `${kind} ${name}`),
      ]),
    ),
    names: Object.fromEntries(
      names.map(({ reference, users }) => [reference, users.map(({ name }) => name)]),
    ),
  };
}

const NGINX: HostWords = { images: { config: { names: "host:5000/app:1 host:5000/app@pulled" } } };

describe("what a host is known to hold and use", () => {
  const rows: readonly {
    what: string;
    host: HostWords;
    digests: Readonly<Record<string, readonly string[]>>;
    names?: Readonly<Record<string, readonly string[]>>;
  }[] = [
    {
      what: "an image nobody uses: the digest it was pulled by, and its own ID",
      host: NGINX,
      digests: { [idOf("config")]: [], [idOf("pulled")]: [] },
    },
    {
      what: "one that a stopped container uses",
      host: { ...NGINX, containers: { web: { image: "config", state: "exited" } } },
      digests: { [idOf("config")]: ["container web"], [idOf("pulled")]: ["container web"] },
    },
    {
      what: "the manifest of the platform that a container runs",
      host: { ...NGINX, containers: { web: { image: "config", manifest: "amd" } } },
      digests: {
        [idOf("amd")]: ["container web"],
        [idOf("config")]: ["container web"],
        [idOf("pulled")]: ["container web"],
      },
    },
    {
      what: "a container whose image was taken away under it",
      host: { containers: { web: { image: "gone" } } },
      digests: { [idOf("gone")]: ["container web"] },
    },
    {
      what: "a service: its current and its previous specification, with a digest and without",
      host: { services: { api: `host:5000/api:2@${idOf("two")} host:5000/api:1` } },
      digests: { [idOf("two")]: ["service api"] },
      names: { "host:5000/api:1": ["api"] },
    },
    {
      what: "the manifests of an index that are there",
      host: { images: { index: { names: "app:1", children: "amd" } } },
      digests: { [idOf("amd")]: [], [idOf("index")]: [] },
    },
  ];
  test.each(rows)("$what", ({ host, digests, names = {} }) => {
    expect(found(host)).toEqual({ digests, names });
  });
});

describe("whether all of it is known", () => {
  test.each([
    { unread: ["images"], complete: false },
    { unread: ["containers"], complete: false },
    { unread: ["services"], complete: false },
    { unread: ["volumes", "networks", "build-cache"], complete: true },
    { unread: [], complete: true },
  ] as const)("unread: $unread", ({ unread, complete }) => {
    expect(foreignUseOfHost("build-1", inventoryOf({ unread })).complete).toBe(complete);
  });
});
