/**
 * Beginnings of user agents, in lower case, of programs that fetch manifests to look at them. What they fetch is no sign that
 * an image is used. Programs that also bring images to where they run (skopeo, crane, regctl, containerd) are not here: to
 * count a look as a use only keeps an image.
 */
const KNOWN_SCANNERS: readonly string[] = [
  "plimsoll",
  "trivy",
  "clair",
  "grype",
  "syft",
  "anchore",
  "snyk",
  "docker-scout",
  "harbor-scanner",
  "neuvector",
  "twistlock",
  "prisma",
  "sysdig",
  "renovate",
  "dependabot",
  "watchtower",
  "diun",
];

/** Whether a request with that user agent was a look and not a use. */
export function isScanner(userAgent: string, others: readonly string[] = []): boolean {
  const lower = userAgent.toLowerCase();
  return [...KNOWN_SCANNERS, ...others.map((each) => each.toLowerCase())].some((beginning) =>
    lower.startsWith(beginning),
  );
}
