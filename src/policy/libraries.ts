import type { CompileExpression } from "./expression.ts";
import type { VersionLibrary } from "./versions.ts";

/** Libraries that only some policies need. They are passed in, so that a plan without them does not wait for them to load. */
export interface PolicyLibraries {
  readonly expressions?: CompileExpression;
  readonly versions?: VersionLibrary;
}

export const NO_LIBRARIES: PolicyLibraries = {};

/** For a policy whose libraries were not all passed in: a mistake of the program, not of the policy. */
export function missingLibrary(what: string): RangeError {
  return new RangeError(`the policy has ${what}, and nothing to read them with`);
}
