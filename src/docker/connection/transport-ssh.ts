import type { ChildProcessByStdio } from "node:child_process";
import type { Socket } from "node:net";
import { Duplex, type Readable, type Writable } from "node:stream";
import type { EngineEndpoint } from "../../ports/engine-endpoint.ts";

type SshEndpoint = Extract<EngineEndpoint, { kind: "ssh" }>;

/** Enough of ssh's last words to say what went wrong, without keeping a chatty banner whole. */
const STDERR_KEPT = 2_000;

/** The command line of one connection. The remote shell sees everything after the host. */
export function sshArguments(endpoint: SshEndpoint): string[] {
  const login = endpoint.user === undefined ? [] : ["-l", endpoint.user];
  const port = endpoint.port === undefined ? [] : ["-p", String(endpoint.port)];
  const socket =
    endpoint.socketPath === undefined
      ? []
      : ["--host", quoteForShell(`unix://${endpoint.socketPath}`)];
  const remote = ["docker", ...socket, "system", "dial-stdio"];
  return [...login, ...port, "-o", "ConnectTimeout=30", "-T", "--", endpoint.host, ...remote];
}

function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Connects as the docker CLI does, through the user's own ssh: its configuration, agent and known hosts. */
export function dialSsh(endpoint: SshEndpoint): Duplex {
  // `--` guards the host, but `-l -oProxyCommand=…` would still be read as an option by some clients.
  for (const part of [endpoint.host, endpoint.user ?? ""]) {
    if (!part.startsWith("-")) continue;
    throw systemError("EINVAL", `"${part}" cannot be part of an ssh address: it starts with "-"`);
  }
  const { spawn } = process.getBuiltinModule("node:child_process");
  return new SshConnection(
    spawn("ssh", sshArguments(endpoint), { stdio: ["pipe", "pipe", "pipe"] }),
  );
}

/** One ssh process as a socket: what `node:http` asks of one, and no more. */
class SshConnection extends Duplex {
  readonly #ssh: ChildProcessByStdio<Writable, Readable, Readable>;
  #said = "";

  constructor(ssh: ChildProcessByStdio<Writable, Readable, Readable>) {
    super({ allowHalfOpen: true });
    this.#ssh = ssh;
    ssh.stdout.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) ssh.stdout.pause();
    });
    ssh.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#said = (this.#said + text).slice(-STDERR_KEPT);
    });
    // A dead ssh breaks its pipe before it reports why it died; the exit below tells the whole story.
    ssh.stdin.on("error", () => {});
    ssh.on("error", (error: NodeJS.ErrnoException) => {
      const isMissing = error.code === "ENOENT";
      this.destroy(isMissing ? systemError("ENOENT", "there is no ssh program on PATH") : error);
    });
    ssh.on("close", (status) => {
      if (status === 0) this.push(null);
      else
        this.destroy(systemError("ESSH", this.#said.trim() || `ssh ended with status ${status}`));
    });
  }

  override _read(): void {
    this.#ssh.stdout.resume();
  }

  override _write(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: (error?: Error | null) => void,
  ): void {
    // Errors are reported by the exit of the process.
    this.#ssh.stdin.write(chunk, () => done());
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#ssh.stdin.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#ssh.kill();
    done(error);
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  ref(): this {
    for (const handle of this.#handles()) handle.ref();
    return this;
  }

  /** An idle connection must not keep the command from ending. */
  unref(): this {
    for (const handle of this.#handles()) handle.unref();
    return this;
  }

  /** Node's types do not say that the pipes of a child are sockets. */
  #handles(): { ref(): void; unref(): void }[] {
    const { stdin, stdout, stderr } = this.#ssh;
    return [this.#ssh, stdin as Socket, stdout as Socket, stderr as Socket];
  }
}

function systemError(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code });
}
