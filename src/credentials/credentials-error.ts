/** What is stored for registries cannot be read; it never quotes what is stored. */
export class CredentialsError extends Error {
  override readonly name = "CredentialsError";
  readonly kind = "credentials";
  readonly hint = "Repair it, or log in again: docker login REGISTRY.";
  /** The file or the program that failed. */
  readonly place: string;
  readonly detail: string;

  constructor(place: string, detail: string) {
    super(`the credentials for the registry cannot be had: ${place}: ${detail}`);
    this.place = place;
    this.detail = detail;
  }
}
