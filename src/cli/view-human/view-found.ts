import type { PlacesAnswer, SilentPlace } from "../../operations/ask-places.ts";
import type { Finding, Place } from "../../operations/find-image.ts";
import { shortDigest } from "../../oci/digest.ts";
import { familiarName } from "../../oci/reference.ts";
import type { HubRepository } from "../../ports/registry-finder.ts";
import type { CliContext } from "../cli-context.ts";
import { shellQuote } from "../policy-flags.ts";
import { paint } from "./paint.ts";
import { printable } from "./printable.ts";
import { renderTable } from "./table.ts";
import { formatAge, formatAgo, UNKNOWN } from "./view-image.ts";

const ORDER: readonly Place["kind"][] = ["bin", "engine", "layout", "registry"];

/** Where an image was found, who gave no answer, and what Docker Hub's search knows. */
export function renderFindings(
  context: Pick<CliContext, "stdout" | "programName" | "clock">,
  text: string,
  { found, leftOut, silent }: PlacesAnswer,
  search: readonly HubRepository[],
): string {
  const { stdout } = context;
  const parts = [
    found.length === 0
      ? `No place that answered has ${printable(text)}.\n`
      : renderTable(
          stdout,
          [
            { title: "WHERE" },
            { title: "IMAGE" },
            { title: "DIGEST" },
            { title: "PLATFORMS", shrinks: true },
            { title: "AGE" },
            { title: "GET IT WITH", wraps: true },
          ],
          found.toSorted(byPlace).map((finding) => rowOf(finding, context)),
        ),
    lines(silent.map(sayWhySilent)),
    lines(leftOut.map((what) => `Not looked at: ${what}`)),
    renderSearch(context, search),
  ];
  return parts.filter((part) => part !== "").join("\n");
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${printable(text)}\n`).join("");
}

/** Errors of engines and registries begin with where it was, which is the place itself more often than not. */
function sayWhySilent({ place: { name }, detail }: SilentPlace): string {
  const why = detail.startsWith(`${name}: `) ? detail.slice(name.length + 2) : detail;
  return `${name} gave no answer: ${why}`;
}

function byPlace(a: Finding, b: Finding): number {
  const order = ORDER.indexOf(a.place.kind) - ORDER.indexOf(b.place.kind);
  const latestFirst = (b.removedAt ?? "") < (a.removedAt ?? "") ? -1 : 1;
  const key = ({ place, reference = "" }: Finding): string => `${place.name} ${reference}`;
  if (order !== 0) return order;
  if (key(a) !== key(b)) return key(a) < key(b) ? -1 : 1;
  return a.removedAt === b.removedAt ? 0 : latestFirst;
}

function rowOf(
  finding: Finding,
  context: Pick<CliContext, "programName" | "clock">,
): readonly string[] {
  const { place, reference, digest, platforms, createdAt, removedAt } = finding;
  const nowMs = context.clock();
  const { command } = howToGet(finding, context);
  return [
    printable(place.name),
    printable(reference === undefined ? "<none>" : shortName(reference)),
    shortDigest(digest),
    platforms.length === 0 ? UNKNOWN : printable(platforms.join(", ")),
    removedAt === undefined
      ? formatAge(createdAt, nowMs)
      : `removed ${formatAgo(removedAt, nowMs)}`,
    command === undefined ? sayHere(finding) : printable(command),
  ];
}

function sayHere({ damage }: Finding): string {
  return damage === undefined ? "it is here" : printable(`damaged: ${damage}`);
}

function shortName(reference: string): string {
  const at = reference.indexOf("@");
  if (at < 0) return familiarName(reference);
  return `${familiarName(reference.slice(0, at))}@${shortDigest(reference.slice(at + 1))}`;
}

/** The command that brings it to the current engine; none where it is there, or cannot come back. */
export function howToGet(
  { place, reference, digest, damage }: Finding,
  { programName }: Pick<CliContext, "programName">,
): { readonly command?: string } {
  const name = shellQuote(reference === undefined ? shortDigest(digest) : familiarName(reference));
  const flag = place.flag === undefined ? undefined : shellQuote(place.flag);
  switch (place.kind) {
    case "bin":
      if (damage !== undefined) return {};
      return {
        command: `${programName} restore ${name}${flag === undefined ? "" : ` --bin ${flag}`}`,
      };
    case "engine":
      return flag === undefined ? {} : { command: saveFrom(place, name) };
    case "layout":
      return { command: `skopeo copy ${flag}:${name} docker-daemon:${name}` };
    case "registry":
      return { command: `docker pull ${name}` };
    default:
      return place.kind satisfies never;
  }
}

function saveFrom({ flag = "" }: Place, name: string): string {
  if (flag === "podman://") return `podman save ${name} | docker load`;
  const isAddress = flag.includes("://") && !flag.startsWith("docker://");
  const context = flag.replace(/^(?:context:|docker:\/\/)/, "");
  const from = isAddress ? `-H ${shellQuote(flag)}` : `--context ${shellQuote(context)}`;
  return `docker ${from} save ${name} | docker load`;
}

function renderSearch(
  { stdout }: Pick<CliContext, "stdout">,
  search: readonly HubRepository[],
): string {
  if (search.length === 0) return "";
  const table = renderTable(
    stdout,
    [
      { title: "NAME" },
      { title: "STARS", align: "right" },
      { title: "" },
      { title: "DESCRIPTION", shrinks: true },
    ],
    search.map(({ name, stars, official, description }) => [
      printable(name),
      String(stars),
      official ? "official" : "",
      printable(description.replaceAll(/\s+/g, " ")),
    ]),
  );
  return `${paint(stdout, "bold", "Docker Hub's search has of that name")}\n${table}`;
}
