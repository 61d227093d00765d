import { spawn, type ChildProcess } from "node:child_process";
import { openSync, closeSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

const LOG_TAIL_LINES = 30;
const POLL_MS = 50;

export interface DaemonOptions {
  env: NodeJS.ProcessEnv;
  logFile: string;
}

/** A server started by the harness. The kernel ends it when this process dies without having done so. */
export class DaemonProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #name: string;
  readonly #logFile: string;

  constructor(program: string, args: readonly string[], options: DaemonOptions) {
    this.#name = program;
    this.#logFile = options.logFile;
    const log = openSync(options.logFile, "a");
    // A session of its own keeps a terminal's Ctrl-C away from it: it is stopped in order, by the exit hook.
    this.#child = spawn("setpriv", ["--pdeathsig", "TERM", "--", program, ...args], {
      env: options.env,
      detached: true,
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    this.#ended = new Promise((resolve) => {
      this.#child.once("exit", () => resolve());
      this.#child.once("error", () => resolve());
    });
  }

  get running(): boolean {
    return (
      this.#child.exitCode === null &&
      this.#child.signalCode === null &&
      this.#child.pid !== undefined
    );
  }

  /** Resolves when `isReady` says so; rejects with the end of the log when the daemon ends or the time is over. */
  async waitUntilReady(isReady: () => Promise<boolean>, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!(await isReady())) {
      if (!this.running) throw new Error(`${this.#name} ended at its start:\n${this.#logTail()}`);
      if (Date.now() > deadline)
        throw new Error(`${this.#name} is not ready after ${timeoutMs} ms:\n${this.#logTail()}`);
      await delay(POLL_MS);
    }
  }

  /** SIGTERM, and SIGKILL if it has not ended in time. */
  async terminate(timeoutMs: number): Promise<void> {
    if (!this.running) return;
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), timeoutMs);
    await this.#ended;
    clearTimeout(timer);
  }

  async kill(): Promise<void> {
    if (!this.running) return;
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  /** The latest line first: it says why. */
  #logTail(): string {
    return readFileSync(this.#logFile, "utf8")
      .trimEnd()
      .split("\n")
      .slice(-LOG_TAIL_LINES)
      .toReversed()
      .join("\n");
  }
}
