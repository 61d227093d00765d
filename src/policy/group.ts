import { missingLibrary, type PolicyLibraries } from "./libraries.ts";
import type { Candidate } from "./match.ts";
import type { Keep } from "./policy.ts";

/** What is counted together with a candidate: `registry/repository`, with `:` and captures; or the whole target. */
export type GroupOf = (candidate: Candidate) => string;

/** A tag that an expression does not fit is counted with the others of its repository that it does not fit. */
export function compileGroup(per: Keep["per"], { expressions }: PolicyLibraries): GroupOf {
  if (per === "target") return () => "the target";
  const repositoryOf: GroupOf = ({ name }) => name?.full ?? "images without a name";
  if (per === undefined || per === "repository") return repositoryOf;
  if (expressions === undefined) throw missingLibrary("expressions");
  const expression = expressions(per.tagPattern);
  if (expression === undefined)
    throw new RangeError(`"${per.tagPattern}" is not an RE2 expression`);
  return (candidate) => {
    const tag = candidate.name?.tag;
    const captures = tag === undefined ? undefined : expression.groupOf(tag);
    const repository = repositoryOf(candidate);
    return captures === undefined
      ? repository
      : `${repository}:${captures.replaceAll("\u0000", " ")}`;
  };
}
