import type { PolicyLibraries } from "../policy/libraries.ts";
import type { LibraryNeeds } from "../policy/library-needs.ts";

/** Loads what is needed and nothing else: each of these takes longer to load than most plans take to make. */
export async function loadLibraries({
  expressions,
  versions,
}: LibraryNeeds): Promise<PolicyLibraries> {
  const [expression, version] = await Promise.all([
    expressions ? import("../policy/expression.ts") : undefined,
    versions ? import("../policy/versions.ts") : undefined,
  ]);
  return {
    ...(expression === undefined ? {} : { expressions: expression.compileExpression }),
    ...(version === undefined ? {} : { versions: version.versionLibrary }),
  };
}
