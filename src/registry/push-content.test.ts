import { createHash } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";

import { serve, type Answer, type Asked } from "../../test/fakes/registries/serve.ts";
import { ContentPusher } from "./push-content.ts";
import { RegistryTransport } from "./transport.ts";

const BYTES = Buffer.from("a layer of an image");
const DIGEST = digestOf(BYTES);
const MANIFEST = { digest: DIGEST, mediaType: "application/json", bytes: BYTES };
const { signal } = new AbortController();

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** A registry that gives these answers, one after the other to the same method; to what is asked besides, 404. */
async function scripted(
  answers: Readonly<Record<string, readonly (Answer | ((asked: Asked) => Answer))[]>>,
) {
  const given = new Map<string, number>();
  const bodies: string[] = [];
  const fake = await serve((asked) => {
    const { method, body } = asked;
    if (method === "GET" && asked.url.pathname === "/v2/") return { status: 200 };
    const count = given.get(method) ?? 0;
    given.set(method, count + 1);
    if (method === "PUT") bodies.push(body.toString("utf8"));
    const answer = answers[method]?.[count];
    return typeof answer === "function" ? answer(asked) : (answer ?? { status: 404 });
  });
  const transport = new RegistryTransport({
    endpoint: { host: fake.address, plainHttp: true },
    findCredentials: () => Promise.resolve(undefined),
    clock: () => 0,
    random: () => 0,
    userAgent: "test",
  });
  onTestFinished(async () => {
    await transport.close();
    fake.close();
  });
  const asked = () => fake.requests.filter((request) => request !== "GET /v2/");
  return { ...fake, asked, bodies, pusher: new ContentPusher(transport, signal) };
}

function source(fails = false) {
  let opened = 0;
  const open = async function* (): AsyncGenerator<Uint8Array> {
    opened += 1;
    yield BYTES.subarray(0, 7);
    if (fails) throw new RangeError("the bin is damaged");
    yield BYTES.subarray(7);
  };
  return { blob: { digest: DIGEST, sizeBytes: BYTES.length, open }, opened: () => opened };
}

const PLACE: Answer = { status: 202, headers: { location: "/v2/app/blobs/uploads/1?_state=x" } };

test("an upload that fails on the way begins anew, from the first byte of its source", async () => {
  const { pusher, asked, bodies } = await scripted({
    POST: [PLACE, PLACE],
    PUT: [{ status: 503 }, { status: 201 }],
  });
  const { blob, opened } = source();
  await pusher.uploadBlob("app", blob);
  expect(opened()).toBe(2);
  expect(bodies).toEqual([BYTES.toString("utf8"), BYTES.toString("utf8")]);
  const put = `PUT /v2/app/blobs/uploads/1?_state=x&digest=${encodeURIComponent(DIGEST)}`;
  expect(asked()).toEqual([
    "POST /v2/app/blobs/uploads/",
    put,
    `HEAD /v2/app/blobs/${DIGEST}`,
    "POST /v2/app/blobs/uploads/",
    put,
  ]);
});

test("what has arrived although its answer was lost is not sent again", async () => {
  const { pusher } = await scripted({
    POST: [PLACE],
    PUT: [{ status: 502 }],
    HEAD: [{ status: 200, headers: { "content-length": "19" } }],
    GET: [{ status: 206, body: BYTES.subarray(0, 1) }],
  });
  const { blob, opened } = source();
  await pusher.uploadBlob("app", blob);
  expect(opened()).toBe(1);
});

test("a source that fails is no failure of the registry, and is not tried again", async () => {
  const { pusher } = await scripted({ POST: [PLACE, PLACE], PUT: [{ status: 201 }] });
  const { blob, opened } = source(true);
  await expect(pusher.uploadBlob("app", blob)).rejects.toThrow("the bin is damaged");
  expect(opened()).toBe(1);
});

test("a place on another host is not uploaded to", async () => {
  const elsewhere = { status: 202, headers: { location: "http://elsewhere.invalid/x" } };
  const { pusher } = await scripted({ POST: [elsewhere] });
  const { blob } = source();
  await expect(pusher.uploadBlob("app", blob)).rejects.toMatchObject({ kind: "unsafe-link" });
});

test("a place on the same host under another scheme is where the registry is spoken to", async () => {
  const fake = await scripted({
    POST: [
      ({ headers }) => ({ status: 202, headers: { location: `https://${headers.host}/up/1` } }),
    ],
    PUT: [{ status: 201 }],
  });
  await fake.pusher.uploadBlob("app", source().blob);
  expect(fake.asked()).toContain(`PUT /up/1?digest=${encodeURIComponent(DIGEST)}`);
});

test.each([
  ["taken from there", [{ status: 201 }], true, []],
  [
    "an upload in its place is given up",
    [PLACE],
    false,
    ["DELETE /v2/app/blobs/uploads/1?_state=x"],
  ],
  ["not allowed", [{ status: 403 }], false, []],
] as const)("mounting: %s", async (_name, post, isMounted, after) => {
  const { pusher, asked } = await scripted({ POST: post, DELETE: [{ status: 204 }] });
  expect(await pusher.mountBlob("app", DIGEST, "other/app")).toBe(isMounted);
  const query = new URLSearchParams({ mount: DIGEST, from: "other/app" }).toString();
  expect(asked()).toEqual([`POST /v2/app/blobs/uploads/?${query}`, ...after]);
});

const LISTED: Answer = { status: 200, headers: { "content-length": "19" } };

test.each([
  ["not there", { HEAD: [{ status: 404 }] }, false],
  [
    "listed, and its first byte comes",
    { HEAD: [LISTED], GET: [{ status: 206, body: BYTES }] },
    true,
  ],
  ["listed, and all of it comes", { HEAD: [LISTED], GET: [{ status: 200, body: BYTES }] }, true],
  ["listed, and gone", { HEAD: [LISTED], GET: [{ status: 404 }] }, false],
  ["listed, and empty", { HEAD: [{ status: 200, headers: { "content-length": "0" } }] }, true],
])("a blob that is %s", async (_name, answers: Parameters<typeof scripted>[0], isHeld) => {
  const { pusher } = await scripted(answers);
  expect(await pusher.holdsBlob("app", DIGEST)).toBe(isHeld);
});

test("a manifest that was taken is looked for", async () => {
  const told = { "docker-content-digest": DIGEST };
  const { pusher } = await scripted({
    PUT: [
      { status: 201, headers: { "oci-subject": DIGEST } },
      { status: 201 },
      { status: 201 },
      { status: 201 },
    ],
    HEAD: [
      { status: 200, headers: told },
      { status: 200, headers: told },
      { status: 404 },
      { status: 200, headers: { "docker-content-digest": digestOf(Buffer.of(1)) } },
    ],
  });
  expect(await pusher.putManifest("app", DIGEST, MANIFEST)).toBe(true);
  expect(await pusher.putManifest("app", "1", MANIFEST)).toBe(false);
  await expect(pusher.putManifest("app", "1", MANIFEST)).rejects.toThrow(/not restarted/);
  await expect(pusher.putManifest("app", "1", MANIFEST)).rejects.toThrow(/and has sha256:/);
});
