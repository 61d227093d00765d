import type { AwsCredentials } from "../../ports/registry-credentials.ts";
import { fieldIn, textIn } from "../api-fields.ts";
import { signForAws } from "../aws-signature.ts";
import { RegistryError, type RegistryErrorKind } from "../registry-error.ts";
import type { RegistryTransport } from "../transport.ts";
import type { ApiObject } from "../vendor-api.ts";

const TARGET = "AmazonEC2ContainerRegistry_V20150921";

/** docs.aws.amazon.com/AmazonECR/latest/APIReference/CommonErrors.html, as far as they are told apart here. */
const KINDS: Readonly<Record<string, RegistryErrorKind>> = {
  AccessDeniedException: "forbidden",
  UnrecognizedClientException: "unauthorized",
  ExpiredTokenException: "unauthorized",
  IncompleteSignatureException: "unauthorized",
  InvalidSignatureException: "unauthorized",
  RepositoryNotFoundException: "not-found",
  ThrottlingException: "rate-limited",
};

export interface EcrParts {
  readonly transport: RegistryTransport;
  /** Absent: the one that the keys belong to. */
  readonly account?: string | undefined;
  readonly region: string;
  readonly credentials: () => Promise<AwsCredentials | undefined>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly signal: AbortSignal;
}

/** Amazon's interface for ECR (docs.aws.amazon.com/AmazonECR/latest/APIReference): JSON 1.1, each request signed. */
export class EcrApi {
  readonly #parts: EcrParts;

  constructor(parts: EcrParts) {
    this.#parts = parts;
  }

  /** Whether there is anything to sign with. */
  async isOpen(): Promise<boolean> {
    return (await this.#parts.credentials()) !== undefined;
  }

  async call(action: string, document: ApiObject): Promise<unknown> {
    const { transport, account, region, credentials, clock, signal } = this.#parts;
    const keys = await credentials();
    if (keys === undefined)
      throw this.#error("unauthorized", action, "no credentials for Amazon are known");
    const body = JSON.stringify({
      ...(account === undefined ? {} : { registryId: account }),
      ...document,
    });
    const host = transport.registry;
    const headers = {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `${TARGET}.${action}`,
    };
    const request = { method: "POST", host, region, service: "ecr", headers, body };
    const { authorization = "", ...signed } = signForAws(request, keys, clock());
    const answer = await transport.request({
      method: "POST",
      path: "/",
      scope: "",
      authorization,
      headers: signed,
      body: Buffer.from(body),
      allow: [400, 403],
      signal,
    });
    const text = (await answer.document()).toString("utf8");
    const said = this.#parse(action, text);
    if (answer.status < 400) return said;
    const refusal = (said ?? {}) as ApiObject;
    const type = textIn(refusal, "__type")?.replace(/^.*#/, "") ?? "";
    const kind = KINDS[type] ?? (answer.status === 403 ? "forbidden" : "protocol");
    throw this.#error(kind, action, textIn(refusal, "message") ?? type);
  }

  /** Every object of a list that goes on by `nextToken`. */
  async *list(action: string, field: string, document: ApiObject): AsyncGenerator<ApiObject> {
    for (let nextToken: unknown; ;) {
      const page = await this.call(action, {
        ...document,
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      const objects = fieldIn(page, field);
      if (!Array.isArray(objects)) throw this.malformed(action, "the answer holds no list");
      yield* objects as readonly ApiObject[];
      const next = fieldIn(page, "nextToken");
      if (typeof next !== "string" || next === nextToken) return;
      nextToken = next;
    }
  }

  malformed(action: string, detail: string): RegistryError {
    return this.#error("protocol", action, detail);
  }

  #parse(action: string, text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw this.#error("protocol", action, "the answer is not JSON", cause);
    }
  }

  #error(kind: RegistryErrorKind, action: string, detail: string, cause?: unknown): RegistryError {
    const { registry } = this.#parts.transport;
    return new RegistryError(kind, { registry, request: action, detail, cause });
  }
}
