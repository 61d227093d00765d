import type { Reporter, TestModule, TestSpecification } from "vitest/node";

const MINUTE_MS = 60_000;

/** A line a minute, for output that nobody watches: that the run goes on, how far it is, and what it is at. */
export class MinutesReporter implements Reporter {
  readonly #running = new Set<string>();
  #files = 0;
  #ended = 0;
  #failed = 0;
  #minutes = 0;
  #timer: NodeJS.Timeout | undefined;

  onTestRunStart(specifications: readonly TestSpecification[]): void {
    this.#files = specifications.length;
    this.#timer = setInterval(() => this.#tell(), MINUTE_MS);
    this.#timer.unref();
  }

  onTestModuleStart(module: TestModule): void {
    this.#running.add(module.relativeModuleId);
  }

  onTestModuleEnd(module: TestModule): void {
    this.#running.delete(module.relativeModuleId);
    this.#ended += 1;
    if (module.state() === "failed") this.#failed += 1;
  }

  onTestRunEnd(): void {
    clearInterval(this.#timer);
  }

  #tell(): void {
    this.#minutes += 1;
    const running = this.#running.size === 0 ? "" : `; now ${[...this.#running].join(", ")}`;
    const ended = `${this.#ended} of ${this.#files} files have ended, ${this.#failed} failed`;
    process.stdout.write(`${this.#minutes} min: ${ended}${running}\n`);
  }
}
