import type { Labels } from "./containerd-records.ts";

/** What containerd writes on content that it pulls or pushes (`docker.AppendDistributionSourceLabel`): repositories by host. */
const SOURCE_LABEL = "containerd.io/distribution.source.";

/** Repositories that content came from or went to, `host/repository`: containerd leaves out the port. */
export function originsOf(labels: Labels): readonly string[] {
  return Object.entries(labels)
    .flatMap(([label, repositories]) =>
      label.startsWith(SOURCE_LABEL)
        ? repositories.split(",").map((each) => `${label.slice(SOURCE_LABEL.length)}/${each}`)
        : [],
    )
    .toSorted();
}
