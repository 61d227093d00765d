import { RegistryError, type RegistryErrorKind } from "./registry-error.ts";
import type { ListedArtifact } from "./vendor.ts";

/** Answers by which a vendor's own interface is not open to this user, or not there. */
const CLOSED: ReadonlySet<RegistryErrorKind> = new Set([
  "unauthorized",
  "forbidden",
  "not-found",
  "unsupported",
]);

export interface NativeListing {
  readonly registry: string;
  /** What is not known without it, for people. */
  readonly lacking: string;
  /** What would open it, for people. */
  readonly wants: string;
  readonly notify: (message: string) => void;
  /** Undefined where it is known beforehand that nothing opens it. */
  readonly list: (repository: string) => Promise<readonly ListedArtifact[] | undefined>;
}

/** A vendor's own listing where it is open to this user; where not, undefined, and said once. */
export function whereAllowed({
  registry,
  lacking,
  wants,
  notify,
  list,
}: NativeListing): (repository: string) => Promise<readonly ListedArtifact[] | undefined> {
  let isClosed = false;
  return async (repository) => {
    const listed = await list(repository).catch((error: unknown) => {
      if (error instanceof RegistryError && CLOSED.has(error.kind)) return undefined;
      throw error;
    });
    if (listed === undefined && !isClosed) {
      isClosed = true;
      notify(`${registry} is listed by the OCI protocol alone, without ${lacking}: ${wants}`);
    }
    return listed;
  };
}
