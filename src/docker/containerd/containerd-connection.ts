import { Client, credentials, Metadata, status, type ServiceError } from "@grpc/grpc-js";
import { onAbort } from "../connection/abort-callbacks.ts";
import { EngineError, type EngineErrorKind } from "../engine-error.ts";
import type { Codec } from "./containerd-messages.ts";

/** Usages of some thousand snapshots are asked for at the same time as other work: each waits for its turn. */
const CALL_TIMEOUT_MS = 60_000;

/** What is asked: `/package.Service/Method`, and the namespace whose things are meant. */
export interface ContainerdRequest {
  readonly method: string;
  readonly codec: Codec;
  readonly message: object;
  readonly namespace: string;
}

/** Calls to one containerd. */
export class ContainerdConnection {
  readonly address: string;
  readonly #client: Client;

  constructor(socketPath: string) {
    this.address = `unix://${socketPath}`;
    this.#client = new Client(`unix:${socketPath}`, credentials.createInsecure(), {
      // Lists of content come in one message each.
      "grpc.max_receive_message_length": -1,
    });
  }

  close(): void {
    this.#client.close();
  }

  /** One request, one answer. */
  call<T>(request: ContainerdRequest, signal: AbortSignal): Promise<T> {
    const { method, codec, message } = request;
    return new Promise((resolve, reject) => {
      const call = this.#client.makeUnaryRequest(
        method,
        codec.encode,
        codec.decode,
        message,
        metadataOf(request),
        { deadline: Date.now() + CALL_TIMEOUT_MS },
        (error, answer) => {
          ignoreAbort();
          if (error === null) resolve(answer as T);
          else reject(this.#asEngineError(error, method));
        },
      );
      const ignoreAbort = onAbort(signal, () => call.cancel());
      if (signal.aborted) call.cancel();
    });
  }

  /** One request, a stream of answers. */
  async *stream<T>(request: ContainerdRequest, signal: AbortSignal): AsyncGenerator<T> {
    const { method, codec, message } = request;
    const call = this.#client.makeServerStreamRequest(
      method,
      codec.encode,
      codec.decode,
      message,
      metadataOf(request),
      { deadline: Date.now() + CALL_TIMEOUT_MS },
    );
    const ignoreAbort = onAbort(signal, () => call.cancel());
    if (signal.aborted) call.cancel();
    try {
      for await (const answer of call) yield answer as T;
    } catch (error) {
      throw this.#asEngineError(error as ServiceError, method);
    } finally {
      ignoreAbort();
    }
  }

  #asEngineError(error: ServiceError, request: string): EngineError {
    const kind = KINDS.get(error.code) ?? "server";
    return new EngineError(kind, {
      address: this.address,
      request,
      detail: error.details || error.message,
      cause: error,
    });
  }
}

function metadataOf({ namespace }: ContainerdRequest): Metadata {
  const metadata = new Metadata();
  metadata.set("containerd-namespace", namespace);
  return metadata;
}

const KINDS: ReadonlyMap<status, EngineErrorKind> = new Map([
  [status.CANCELLED, "aborted"],
  [status.DEADLINE_EXCEEDED, "timed-out"],
  [status.NOT_FOUND, "not-found"],
  [status.PERMISSION_DENIED, "permission-denied"],
  [status.UNAVAILABLE, "unreachable"],
  [status.UNIMPLEMENTED, "protocol"],
]);
