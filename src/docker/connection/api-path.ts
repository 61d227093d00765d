/** The path of an image by ID or name; a name's slashes and colons stay, as engines route them. */
export function imagePath(name: string, rest = ""): string {
  return `/images/${encodeURI(name).replace(/[?#]/g, encodeURIComponent)}${rest}`;
}
