import { isTag } from "../oci/reference.ts";

/** As products call them, some with capitals; nothing that would make another address of the request. */
const REPOSITORY = /^(?!\.{1,2}(?:\/|$))[\w.~+-]+(?:\/(?!\.{1,2}(?:\/|$))[\w.~+-]+)*$/;

/**
 * The names in one page of a list of `repositories` or `tags`, or what is wrong with it: a list that is not understood is not
 * an empty one. `null` is: distribution says it of a repository that has lost its last tag.
 */
export function listedNames(
  page: unknown,
  field: "repositories" | "tags",
): readonly string[] | string {
  const list = (page as Readonly<Record<string, unknown>> | null)?.[field];
  if (list === null) return [];
  if (!Array.isArray(list)) return `the answer has no list of ${field}`;
  const isName = field === "tags" ? isTag : (text: string) => REPOSITORY.test(text);
  const wrong: unknown = list.find((each) => typeof each !== "string" || !isName(each));
  return wrong === undefined
    ? (list as readonly string[])
    : `the list of ${field} has ${JSON.stringify(wrong)} in it`;
}
