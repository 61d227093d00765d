/** What is stored for registries cannot be read; it never quotes what is stored. */
export class CredentialsError extends Error {
  override readonly name = "CredentialsError";
  readonly kind = "credentials";
  readonly hint: string;
  /** The file or the program that failed. */
  readonly place: string;
  readonly detail: string;

  constructor(place: string, detail: string, what: keyof typeof HINTS = "credentials") {
    super(`the ${what} for the registry cannot be had: ${place}: ${detail}`);
    this.hint = HINTS[what];
    this.place = place;
    this.detail = detail;
  }
}

const HINTS = {
  credentials: "Repair it, or log in again: docker login REGISTRY.",
  certificates: "Name a file with PEM certificates that this user may read.",
} as const;
