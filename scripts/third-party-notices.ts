import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Plugin } from "rolldown";

interface PackageManifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/** `/…/node_modules/@scope/name` of a module inside a package, or undefined for our own modules. */
function packageFolder(moduleId: string): string | undefined {
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(moduleId.replaceAll("\\", "/"))?.[0];
}

function readNotice(folder: string): string {
  const manifest = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  ) as PackageManifest;
  const files = readdirSync(folder).filter((name) => /^(licen[cs]e|notice)/i.test(name));
  if (files.length === 0)
    throw new Error(`${folder} is bundled but has no licence file to hand on`);
  const texts = files.map((name) => readFileSync(join(folder, name), "utf8").trim());
  const title = `${manifest.name} ${manifest.version} (${manifest.license ?? "see below"})`;
  return [title, ...texts].join("\n\n");
}

/** Bundled code leaves its package's folder, and with it the licence that asks to go along. */
export function thirdPartyNotices(): Plugin {
  return {
    name: "third-party-notices",
    generateBundle(_options, bundle) {
      const moduleIds = Object.values(bundle).flatMap((file) =>
        file.type === "chunk" ? file.moduleIds : [],
      );
      const folders = new Set(
        moduleIds.map(packageFolder).filter((folder) => folder !== undefined),
      );
      const notices = [...folders].filter(existsSync).toSorted().map(readNotice);
      this.emitFile({
        type: "asset",
        fileName: "THIRD-PARTY-NOTICES.txt",
        source: notices.join(`\n\n${"-".repeat(80)}\n\n`) + "\n",
      });
    },
  };
}
