import { expect, test } from "vitest";
import { describeRequest } from "./describe-request.ts";

test.each([
  ["GET /v2/", undefined],
  ["GET /v2/_catalog", "the list of repositories"],
  ["GET /v2/_catalog?n=1000", "the list of repositories"],
  ["GET /v2/team/app/tags/list", "the tags of team/app"],
  ["HEAD /v2/team/app/manifests/1.2", "team/app:1.2"],
  ["DELETE /v2/app/manifests/sha256:ab", "app@sha256:ab"],
  ["GET /v2/app/referrers/sha256:ab", "what is attached to app@sha256:ab"],
  ["GET /v2/app/blobs/sha256:ab", "the blob sha256:ab of app"],
  ["POST /v2/app/blobs/uploads/", "an upload to app"],
  ["GET /api/v2.0/projects", "its interface /api/v2.0/projects"],
  ["GET /v2/_zot/ext/mgmt", "its interface /v2/_zot/ext/mgmt"],
  ["GET team/app@sha256:ab", "team/app@sha256:ab"],
])("%s: %s", (request, words) => {
  expect(describeRequest(request)).toBe(words);
});
