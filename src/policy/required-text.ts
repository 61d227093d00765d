/**
 * A text that stands in everything an RE2 expression fits, the longest that is plain to see: `-rc.` for `-rc\.\d+$`.
 * Looking for it first spares most texts the expression. Undefined where there is none of two characters, and wherever the
 * expression has something that is not certain to be understood here.
 */
export function requiredText(source: string): string | undefined {
  const chars = Array.from(source);
  const found = new Runs();
  let depth = 0;
  for (let index = 0; index < chars.length; index += 1) {
    const char = chars[index] ?? "";
    const next = chars[index + 1] ?? "";
    if (char === "\\") {
      // Others stand for more than a class or an edge: quoted texts, numbers of characters, names of classes.
      if (/[A-Za-z0-9]/.test(next) && !/[dDwWsSbBAz]/.test(next)) return undefined;
      if (/[A-Za-z0-9]/.test(next)) found.end();
      else found.add(next, depth);
      index += 1;
    } else if (char === "[") {
      const end = endOfClass(chars, index);
      if (end === undefined) return undefined;
      found.end();
      index = end;
    } else if (char === "(") {
      const isGroup = next !== "?" || /[:P<]/.test(chars[index + 2] ?? "");
      if (!isGroup) return undefined;
      found.end();
      depth += 1;
    } else if (char === ")") {
      found.end();
      depth -= 1;
    } else if (char === "|" && depth === 0) {
      return undefined;
    } else if (char === "*" || char === "?") {
      found.endWithoutLast();
    } else if (char === "{") {
      const length = /^\{\d+(?:,\d*)?\}/.exec(chars.slice(index).join(""))?.[0].length;
      if (length === undefined) return undefined;
      found.endWithoutLast();
      index += length - 1;
    } else if (/[+.^$|]/.test(char)) {
      found.end();
    } else {
      found.add(char, depth);
    }
  }
  found.end();
  return found.longest.length < 2 ? undefined : found.longest;
}

/** Characters that follow each other, whatever stands between these runs. */
class Runs {
  longest = "";
  #run: string[] = [];

  /** What stands in a group may be one of several, or not be there. */
  add(char: string, depth: number): void {
    if (depth === 0) this.#run.push(char);
  }

  end(): void {
    const text = this.#run.join("");
    if (text.length > this.longest.length) this.longest = text;
    this.#run = [];
  }

  /** The last character may be missing. */
  endWithoutLast(): void {
    this.#run.pop();
    this.end();
  }
}

/** Position of the bracket that ends the class; a bracket that comes first, or is escaped, is one of its characters. */
function endOfClass(chars: readonly string[], start: number): number | undefined {
  let index = start + 1;
  if (chars[index] === "^") index += 1;
  if (chars[index] === "]") index += 1;
  for (; index < chars.length; index += 1) {
    if (chars[index] === "\\") index += 1;
    else if (chars[index] === "[") return undefined;
    else if (chars[index] === "]") return index;
  }
  return undefined;
}
