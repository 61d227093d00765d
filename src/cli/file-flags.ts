interface FileFlag<Short extends string> {
  readonly kind: "value";
  readonly short: Short;
  readonly placeholder: "FILE";
  readonly completion: "file";
  readonly help: string;
}

/** `-p FILE` is a policy file with every command; what it is for differs. */
export function policyFileFlag(help: string): FileFlag<"p"> {
  return { kind: "value", short: "p", placeholder: "FILE", completion: "file", help };
}

/** `-o FILE` is where a document goes instead of standard output. */
export function outputFlag(help: string): FileFlag<"o"> {
  return { kind: "value", short: "o", placeholder: "FILE", completion: "file", help };
}
