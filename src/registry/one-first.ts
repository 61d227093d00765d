/** Lets the first task of each kind end before any other of that kind begins; these then run as they come. */
export class OneFirst {
  readonly #first = new Map<string, Promise<void>>();

  async run<T>(kind: string, task: () => Promise<T>): Promise<T> {
    const first = this.#first.get(kind);
    if (first !== undefined) {
      await first;
      return task();
    }
    const begun = task();
    const ended = begun.then(
      () => undefined,
      () => undefined,
    );
    this.#first.set(kind, ended);
    return begun;
  }
}
