/**
 * What a step of an image's history says about layers. `layer`: it made one; `none`: it made none; `maybe`: an engine's
 * history does not tell (it has no `empty_layer`).
 */
export type LayerMark = "layer" | "none" | "maybe";

/** One entry of an engine's history of an image. */
export interface HistoryStep {
  readonly createdBy: string;
  readonly comment: string;
  /** RFC 3339, or seconds since the epoch: only compared. */
  readonly created: string | number;
  readonly sizeBytes: number;
}

const NEVER_A_LAYER = new Set([
  "ARG",
  "CMD",
  "ENTRYPOINT",
  "ENV",
  "EXPOSE",
  "HEALTHCHECK",
  "LABEL",
  "MAINTAINER",
  "ONBUILD",
  "SHELL",
  "STOPSIGNAL",
  "USER",
  "VOLUME",
]);
const MAKES_A_LAYER = new Set(["ADD", "COPY", "RUN", "WORKDIR"]);

/**
 * Classic builder: `/bin/sh -c #(nop)  ENV A=b`, `/bin/sh -c apt-get …`; BuildKit: `ENV A=b`, `RUN /bin/sh -c apt-get …
 * # buildkit`, `COPY … # buildkit`, each with the comment `buildkit.dockerfile.v0`. BuildKit makes a layer of each
 * RUN, COPY, ADD and WORKDIR, an empty one where nothing changed; the classic builder leaves out what changed nothing.
 */
export function markLayer(step: HistoryStep): LayerMark {
  if (step.sizeBytes > 0) return "layer";
  const instruction = instructionOf(step.createdBy);
  if (instruction !== undefined && NEVER_A_LAYER.has(instruction)) return "none";
  const byBuildKit = step.comment.startsWith("buildkit") || step.createdBy.includes("# buildkit");
  return byBuildKit && instruction !== undefined && MAKES_A_LAYER.has(instruction)
    ? "layer"
    : "maybe";
}

/** The Dockerfile instruction, where the text names one. */
function instructionOf(createdBy: string): string | undefined {
  const marked = /#\(nop\)\s+([A-Z]+)\b/.exec(createdBy) ?? /^([A-Z]+)\b/.exec(createdBy);
  return marked?.[1];
}
