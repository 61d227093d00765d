import type { BlobDescriptor, LayoutWriter, WrittenLayer } from "./layout-writer.ts";

const DAY_MS = 86_400_000;
const KIB = 1024;

/** How many images each repository has, and how many days lie between two of them. */
const REPOSITORIES = [
  { name: "shop/web", runtime: "node", images: 9, everyDays: 12 },
  { name: "shop/api", runtime: "node", images: 8, everyDays: 9 },
  { name: "shop/worker", runtime: "python", images: 5, everyDays: 20 },
  { name: "data/etl", runtime: "python", images: 3, everyDays: 35 },
  { name: "tools/cli", runtime: "go", images: 2, everyDays: 45 },
] as const;

const REGISTRY = "registry.example.com";
const DANGLING_AGES_DAYS = [3, 30, 75];
const SIGNATURE = "application/vnd.dev.sigstore.bundle.v0.3+json";

/**
 * Fills a layout with 31 images in 6 repositories as a build host would have them after some months: a base layer under
 * all of them, a runtime under several repositories, dependencies and code of their own above; one repository for two
 * platforms, one signed image, some builds that lost their name. Files are dated as if they had been written then.
 */
export function writeDemoContent(layout: LayoutWriter, now: Date): void {
  const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS);
  const start = daysAgo(150);
  const base = layout.layer("base", 3000 * KIB, start);
  for (const { name, runtime, images, everyDays } of REPOSITORIES) {
    const shared = [
      base,
      layout.layer(runtime, 1800 * KIB, start),
      layout.layer(`${name}/dependencies`, 900 * KIB, start),
    ];
    for (let age = 0; age < images; age += 1) {
      const tag = `1.${images - age - 1}.0`;
      const image = writeApplication(layout, {
        name,
        tag,
        shared,
        at: daysAgo(2 + age * everyDays),
      });
      layout.add(image, `${REGISTRY}/${name}:${tag}`);
      if (age === 0) layout.add(image, `${REGISTRY}/${name}:latest`);
      if (name === "shop/api" && age === images - 1) {
        layout.add(layout.referrer(image, SIGNATURE, '{"signed":true}', daysAgo(age * everyDays)));
      }
    }
  }

  writeTwoPlatforms(layout, base, daysAgo(40));
  for (const days of DANGLING_AGES_DAYS) {
    const layers = [base, layout.layer(`lost-${days}`, 400 * KIB, daysAgo(days))];
    layout.add(layout.image({ layers, createdAt: daysAgo(days) }, daysAgo(days)));
  }
}

interface Application {
  readonly name: string;
  readonly tag: string;
  readonly shared: readonly WrittenLayer[];
  readonly at: Date;
}

function writeApplication(
  layout: LayoutWriter,
  { name, tag, shared, at }: Application,
): BlobDescriptor {
  const code = layout.layer(`${name}/code-${tag}`, 350 * KIB, at);
  const labels = {
    "org.opencontainers.image.title": name,
    "org.opencontainers.image.version": tag,
  };
  return layout.image({ layers: [...shared, code], createdAt: at, labels }, at);
}

function writeTwoPlatforms(layout: LayoutWriter, base: WrittenLayer, at: Date): void {
  const platforms = ["amd64", "arm64"].map((architecture) => {
    const layers = [base, layout.layer(`tools/proxy-${architecture}`, 500 * KIB, at)];
    return layout.image({ layers, createdAt: at, architecture }, at);
  });
  layout.add(layout.index(platforms, at), `${REGISTRY}/tools/proxy:2.1`);
}
