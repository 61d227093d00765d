import type { ForeignUse } from "../../inventory/foreign-use.ts";
import type { Engine, Inventory, Target } from "../../inventory/inventory.ts";
import type { PresetPlan, StorageReport } from "../../operations/storage-report.ts";
import { formatSize } from "../../policy/size.ts";
import type { RunSummary } from "../../ports/run-journal.ts";
import type { Output } from "../cli-context.ts";
import type { NextStep } from "../next-steps.ts";
import { paint, type Style } from "./paint.ts";
import { printable } from "./printable.ts";
import { renderTable } from "./table.ts";
import { count, formatPredicted } from "./view-bytes.ts";
import { formatAgo, UNKNOWN } from "./view-image.ts";
import { nameRepository, renderKinds, sayWhenFree } from "./view-storage.ts";
import { describeAsked } from "./view-used-elsewhere.ts";
import { nameTarget } from "./view-target.ts";

export interface Status {
  readonly inventory: Inventory;
  /** What hosts use of a registry, where they were asked. */
  readonly foreignUse?: ForeignUse | undefined;
  readonly report: StorageReport;
  readonly lastRun: RunSummary | undefined;
  readonly steps: readonly NextStep[];
  readonly nowMs: number;
}

const TOP_REPOSITORIES = 5;

/** The whole picture, on a screen of 80 columns and 24 lines. */
export function renderStatus(output: Output, status: Status): string {
  const { inventory, foreignUse, report, lastRun, steps, nowMs } = status;
  const isRegistry = inventory.target.kind === "registry";
  const parts = [
    renderHead(output, inventory),
    renderKinds(output, report) + (isRegistry ? describeAsked(foreignUse) : ""),
    renderCouldGo(output, inventory, report),
    renderTop(output, report),
    `${renderLastRun(lastRun, nowMs)}${renderSteps(output, steps)}`,
  ];
  return parts.filter((part) => part !== "").join("\n");
}

function renderHead(output: Output, { target, engine, complete }: Inventory): string {
  const lines = [paint(output, "bold", nameTarget(target))];
  lines.push(engine ? describeEngine(engine) : TARGET_KINDS[target.kind]);
  if (engine?.disk) lines.push(renderDisk(output, engine.disk));
  if (!complete)
    lines.push(paint(output, "yellow", "Not all of it could be read: what that may hide is kept."));
  return `${lines.join("\n")}\n`;
}

const TARGET_KINDS: Readonly<Record<Target["kind"], string>> = {
  engine: "Container engine",
  layout: "OCI image layout",
  registry: "Registry",
};

function describeEngine({ product, version, apiVersion, imageStore }: Engine): string {
  const store = imageStore === "containerd" ? "containerd image store" : "graphdriver image store";
  return `${product === "docker" ? "Docker" : "Podman"} ${version}, API ${apiVersion}, ${store}`;
}

const BAR_WIDTH = 20;

/** How full the disk is that the target lies on. */
function renderDisk(
  output: Output,
  { totalBytes, freeBytes }: NonNullable<Engine["disk"]>,
): string {
  const used = totalBytes === 0 ? 0 : 1 - freeBytes / totalBytes;
  const filled = Math.round(used * BAR_WIDTH);
  const style: Style = used > 0.9 ? "red" : used > 0.75 ? "yellow" : "green";
  const bar = `[${paint(output, style, "#".repeat(filled))}${".".repeat(BAR_WIDTH - filled)}]`;
  return `Disk ${bar} ${Math.round(used * 100)}% of ${formatSize(totalBytes)} used, ${formatSize(freeBytes)} free`;
}

function describeTaken({ preset, plan }: PresetPlan): string {
  switch (preset) {
    case "dangling":
      return "dangling for over 1 h";
    case "unused":
      return "in use by nothing";
    case "production":
      return "all but the 5 latest of a repository";
    case "policy":
      return `by ${printable(plan.policy.source)}`;
    default:
      return preset satisfies never;
  }
}

function renderCouldGo(
  output: Output,
  inventory: Inventory,
  { narrow, wide }: StorageReport,
): string {
  const rows = [narrow, wide].map((presetPlan) => {
    const { totals, accuracy } = presetPlan.plan;
    const disk =
      totals.freesDiskBytes === undefined ? "" : `, ${formatSize(totals.freesDiskBytes)} on disk`;
    const frees =
      totals.images === 0 ? UNKNOWN : `${formatPredicted(totals.freesBytes, accuracy)}${disk}`;
    return [describeTaken(presetPlan), String(totals.images), frees];
  });
  const table = renderTable(
    output,
    [{ title: "COULD GO" }, { title: "IMAGES", align: "right" }, { title: "FREES" }],
    rows,
  );
  const { kind, detail } = inventory.accuracy;
  if (kind === "exact") return table + sayWhenFree(inventory);
  return detail === undefined ? table : `${table}${printable(detail)}\n`;
}

function renderTop(output: Output, { repositories }: StorageReport): string {
  const top = repositories
    .filter(({ exclusive }) => exclusive.bytes > 0)
    .slice(0, TOP_REPOSITORIES);
  if (top.length === 0) return "";
  return renderTable(
    output,
    [
      { title: "TOP REPOSITORIES", shrinks: true },
      { title: "IMAGES", align: "right" },
      { title: "SIZE", align: "right" },
      { title: "EXCLUSIVE", align: "right" },
    ],
    top.map(({ repository, images, size, exclusive }) => [
      nameRepository(repository),
      String(images.length),
      formatSize(size.bytes),
      formatSize(exclusive.bytes),
    ]),
  );
}

function renderLastRun(run: RunSummary | undefined, nowMs: number): string {
  if (run === undefined) return "";
  const freed =
    run.freedBytes === undefined ? "not measured" : `${formatSize(run.freedBytes)} freed`;
  const when = formatAgo(run.endedAt ?? run.startedAt, nowMs);
  return `Last run ${run.id}, ${when}: ${run.state}, ${count(run.counts.applied, "removal")}, ${formatSize(run.predictedBytes)} predicted, ${freed}\n`;
}

/** What each step shows beside its command; above it where that is too long for the line. */
function renderSteps(output: Output, steps: readonly NextStep[]): string {
  if (steps.length === 0) return "Nothing to do: what is there is in use, or too new.\n";
  const width = Math.max(...steps.map(({ command }) => command.length));
  const longest = Math.max(...steps.map(({ does }) => does.length));
  const fits = "Next ".length + width + 2 + longest <= output.columns;
  const lines = steps.flatMap(({ command, does }, index) => {
    const margin = index === 0 ? "Next " : "     ";
    const painted = paint(output, "cyan", command);
    return fits
      ? [`${margin}${painted}${" ".repeat(width - command.length)}  ${does}`]
      : [`${margin}${does}:`, `       ${painted}`];
  });
  return `${lines.join("\n")}\n`;
}
