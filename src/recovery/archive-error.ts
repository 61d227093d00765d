/** Why an image was not put by: it stays where it is. */
export class ArchiveError extends Error {
  override readonly name = "ArchiveError";
}
