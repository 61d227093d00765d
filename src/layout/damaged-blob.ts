import type { Digest } from "../oci/digest.ts";
import { LayoutError } from "./layout-error.ts";

/** Why the blob with that digest cannot be used any more. */
export function damaged(digest: Digest, detail: string, cause?: unknown): LayoutError {
  return new LayoutError("corrupt", {
    file: digest,
    detail,
    hint: "The disk or another program has damaged it; it cannot be used.",
    cause,
  });
}
