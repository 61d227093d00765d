import { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { expect, test } from "vitest";
import { RegistryResponse } from "./registry-response.ts";

const LIMITS = { sizeBytes: 1000, timeMs: 60_000 };

function answering(body: AsyncIterable<Uint8Array>): RegistryResponse {
  const stream = Readable.from(body) as unknown as Dispatcher.ResponseData["body"];
  const data = { statusCode: 200, headers: {}, body: stream } as Dispatcher.ResponseData;
  return new RegistryResponse(data, { registry: "host.example", request: "GET /v2/" });
}

async function* pieces(count: number, sizeBytes: number, everyMs: number) {
  for (let number = 0; number < count; number += 1) {
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    yield Buffer.alloc(sizeBytes, "a");
  }
}

test("a document is read whole", async () => {
  expect((await answering(pieces(10, 100, 0)).document(LIMITS)).length).toBe(1000);
});

test("one that goes on and on is left", async () => {
  const endless = answering(pieces(Infinity, 100, 0)).document(LIMITS);
  await expect(endless).rejects.toMatchObject({ kind: "bad-content" });
});

test("one that trickles on is left", async () => {
  const trickling = answering(pieces(Infinity, 1, 20)).document({ ...LIMITS, timeMs: 200 });
  await expect(trickling).rejects.toMatchObject({
    kind: "timed-out",
    detail: "the answer goes on beyond 0.2 s",
  });
});
