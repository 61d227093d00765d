import { expect, test } from "vitest";
import { markLayer } from "./layer-history.ts";

const CLASSIC = "";
const BUILDKIT = "buildkit.dockerfile.v0";

test.each([
  ["none", "/bin/sh -c #(nop)  ENV X=1", CLASSIC, 0],
  ["none", '/bin/sh -c #(nop)  CMD ["sh"]', CLASSIC, 0],
  ["none", "/bin/sh -c #(nop)  HEALTHCHECK NONE", CLASSIC, 0],
  ["none", "ENV X=1", BUILDKIT, 0],
  ["none", 'ENTRYPOINT ["/app"]', BUILDKIT, 0],
  ["none", "ARG RUN=1", BUILDKIT, 0],
  ["layer", "RUN /bin/sh -c true # buildkit", BUILDKIT, 0],
  ["layer", "WORKDIR /wd", BUILDKIT, 0],
  ["layer", "COPY f /f # buildkit", "", 0],
  ["layer", "/bin/sh -c #(nop) COPY file:1 in /f ", CLASSIC, 12],
  ["layer", "", "Imported from -", 4096],
  ["maybe", "/bin/sh -c true", CLASSIC, 0],
  ["maybe", "/bin/sh -c #(nop) WORKDIR /new", CLASSIC, 0],
  ["maybe", "/bin/sh -c #(nop) COPY file:1 in /f ", CLASSIC, 0],
  ["maybe", "", CLASSIC, 0],
  ["maybe", "bazel build", CLASSIC, 0],
])("%s: %s (%s, %i bytes)", (mark, createdBy, comment, sizeBytes) => {
  expect(markLayer({ createdBy, comment, sizeBytes, created: 0 })).toBe(mark);
});
