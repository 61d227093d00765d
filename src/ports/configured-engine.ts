/** An engine that docker's own configuration names. */
export interface ConfiguredEngine {
  /** As `--target` takes it; undefined is the current one. */
  readonly spec: string | undefined;
  readonly name: string;
  /** Docker's default, which nobody has named, and there is no such socket: no engine was set up here. */
  readonly isAbsent?: true;
}
