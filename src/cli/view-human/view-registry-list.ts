import { shortDigest } from "../../oci/digest.ts";
import { familiarName, repositoryOf } from "../../oci/reference.ts";
import type { ListedImage } from "../../operations/list-images.ts";
import { splitName } from "../../policy/name-pattern.ts";
import { formatSize } from "../../policy/size.ts";
import type { Output } from "../cli-context.ts";
import { printable } from "./printable.ts";
import { renderTable, type Column } from "./table.ts";
import type { ImageListOptions } from "./view-image-list.ts";
import { formatAge, UNKNOWN } from "./view-image.ts";
import { nameUsers } from "./view-used-elsewhere.ts";

/** So many platforms are named. */
const MAX_PLATFORMS = 2;

const NOTHING: ReadonlySet<string> = new Set(["", UNKNOWN]);

interface Line {
  readonly listed: ListedImage;
  /** Undefined for a manifest without a tag. */
  readonly name: string | undefined;
}

interface RegistryColumn extends Column {
  readonly cell: (line: Line) => string;
  /** Left out where no image has anything in it. */
  readonly isOptional?: true;
}

/** Images of a registry: a line for every tag, and one for each manifest that has none. Names are never cut. */
export function renderRegistryList(
  output: Output,
  images: readonly ListedImage[],
  options: ImageListOptions,
): string {
  const lines = images.flatMap((listed): readonly Line[] =>
    (listed.names.length === 0 ? [undefined] : listed.names).map((name) => ({ listed, name })),
  );
  const columns = columnsFor(images, options).filter(
    ({ isOptional, cell }) => !isOptional || lines.some((line) => !NOTHING.has(cell(line))),
  );
  return renderTable(
    output,
    columns,
    lines.map((line) => columns.map(({ cell }) => cell(line))),
  );
}

function columnsFor(
  images: readonly ListedImage[],
  { nowMs, digests, whole }: ImageListOptions,
): readonly RegistryColumn[] {
  const age = (title: string, timeOf: (image: ListedImage["image"]) => string | undefined) =>
    ({
      title,
      isOptional: true,
      cell: ({ listed: { image } }: Line) => formatAge(timeOf(image), nowMs),
    }) as const;
  const tellsPush = images.some(({ image }) => image.pushedAt !== undefined);
  return [
    { title: "REPOSITORY", cell: ({ listed }) => nameRepository(listed) },
    { title: "TAG", cell: ({ name }) => nameTag(name) },
    {
      title: "DIGEST",
      cell: ({ listed: { image } }) =>
        digests || whole ? image.id.slice(image.id.lastIndexOf("@") + 1) : shortDigest(image.id),
    },
    {
      title: "PLATFORMS",
      isOptional: true,
      shrinks: true,
      cell: ({ listed: { image } }) => namePlatforms(image.platforms),
    },
    age("CREATED", ({ createdAt }) => createdAt),
    // Where the registry does not tell, policies go by when it was seen here first.
    tellsPush
      ? age("PUSHED", ({ pushedAt }) => pushedAt)
      : age("SEEN", ({ arrivedAt }) => arrivedAt),
    age("PULLED", ({ lastUsedAt }) => lastUsedAt),
    { title: "SIZE", align: "right", cell: ({ listed: { image } }) => formatSize(image.sizeBytes) },
    {
      title: "UNIQUE",
      align: "right",
      cell: ({ listed: { exclusive } }) => formatSize(exclusive.bytes),
    },
    {
      title: "SIGNED",
      isOptional: true,
      cell: ({ listed: { isSigned } }) => (isSigned ? "yes" : UNKNOWN),
    },
    {
      title: "IN USE BY",
      isOptional: true,
      wraps: true,
      cell: ({ listed: { usedElsewhere } }) => nameUsers(usedElsewhere),
    },
  ];
}

function nameRepository({ image: { references, repoDigests } }: ListedImage): string {
  return printable(familiarName(repositoryOf(references[0] ?? repoDigests[0] ?? "")));
}

function nameTag(name: string | undefined): string {
  const { tag = "<none>" } = name === undefined ? {} : splitName(name);
  return printable(tag);
}

/** `amd64, arm64`; a system is named where it is not Linux. */
function namePlatforms(platforms: readonly string[]): string {
  if (platforms.length === 0) return UNKNOWN;
  const names = platforms.map((platform) => printable(platform.replace(/^linux\//, "")));
  const rest = names.length - MAX_PLATFORMS;
  return `${names.slice(0, MAX_PLATFORMS).join(", ")}${rest > 0 ? ` +${rest}` : ""}`;
}
