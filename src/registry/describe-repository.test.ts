import { expect, test } from "vitest";

import { describeRepository, type ReadContent } from "./describe-repository.ts";
import type { ManifestFacts } from "./manifest-facts.ts";

const FACTS: ManifestFacts = {
  kind: "manifest",
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  sizeBytes: 1,
  blobs: [],
  children: [],
  labels: {},
  platforms: [],
};
const LIST = `sha256:${"e".repeat(64)}`;

function subjectOfList(subject: string, tags: readonly string[]): string | undefined {
  const content: ReadContent = {
    registry: "registry.test",
    repository: "app",
    tags: new Map([["1", subject], ...tags.map((tag) => [tag, LIST] as const)]),
    artifacts: new Map(),
    found: new Map([
      [subject, FACTS],
      [LIST, FACTS],
    ]),
    nowMs: 0,
  };
  return describeRepository(content).images.find(({ id }) => id === `app@${LIST}`)?.subject;
}

test.each(["sha256", "sha512"] as const)(
  "what has only referrers tags belongs: %s",
  (algorithm) => {
    const subject = `${algorithm}:${"ab".repeat(algorithm === "sha256" ? 32 : 64)}`;
    const tag = `${algorithm}-${"ab".repeat(32)}`;
    expect(subjectOfList(subject, [tag])).toBe(`app@${subject}`);
    expect(subjectOfList(subject, [tag, `${tag}.sig`])).toBe(`app@${subject}`);
    expect(subjectOfList(subject, [tag, "latest"])).toBeUndefined();
    expect(subjectOfList(subject, [tag.replaceAll("ab", "cd")])).toBeUndefined();
  },
);
