import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const ACTOR = fileURLToPath(new URL("recovery-actor.ts", import.meta.url));

interface Finished {
  /** From the arguments to the end of the process. */
  readonly ms: number;
  readonly wasKilled: boolean;
}

/** Has the next process loaded while this one is at work. */
export class Actors {
  readonly #env: NodeJS.ProcessEnv;
  readonly #loading: readonly string[];
  #next: ChildProcess;

  constructor(env: NodeJS.ProcessEnv, target: "host" | "registry" = "host") {
    this.#env = env;
    this.#loading = target === "registry" ? ["--registry"] : [];
    this.#next = this.#spawn();
    onTestFinished(() => void this.#next.kill("SIGKILL"));
  }

  #spawn(): ChildProcess {
    const child = spawn(process.execPath, [ACTOR, ...this.#loading], {
      env: this.#env,
      stdio: ["pipe", "pipe", "pipe"],
    });
    child.stderr?.resume();
    return child;
  }

  /** Runs the program to its end, or kills it after so many milliseconds. */
  async act(args: readonly string[], killAfterMs?: number): Promise<Finished> {
    const child = this.#next;
    await once(child.stdout!, "data");
    child.stdout?.resume();
    const ended = once(child, "exit");
    const begunAt = performance.now();
    child.stdin?.end(`${JSON.stringify(args)}\n`);
    if (killAfterMs !== undefined) {
      await Promise.race([delay(killAfterMs), ended]);
      child.kill("SIGKILL");
    }
    const [, signal] = (await ended) as [number | null, string | null];
    const ms = performance.now() - begunAt;
    this.#next = this.#spawn();
    return { ms, wasKilled: signal === "SIGKILL" };
  }
}
