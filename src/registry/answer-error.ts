import type { Dispatcher } from "undici";

import { kindOfStatus, readErrors, RegistryError } from "./registry-error.ts";
import { headerOf, readBeginning } from "./registry-response.ts";
import { readRetryAfter } from "./retry-delay.ts";

/** Of an answer that says what is wrong; pages of proxies are no longer. */
const MOST_ERROR_BYTES = 64 * 1024;

export interface RefusedRequest {
  readonly registry: string;
  /** Method and path, without query. */
  readonly request: string;
  /** Where the credentials are from that were sent; absent when none were. */
  readonly credentials: string | undefined;
  readonly nowMs: number;
}

/** The error that an answer with a status of 400 or more is. */
export async function errorOfAnswer(
  answer: Dispatcher.ResponseData,
  { registry, request, credentials, nowMs }: RefusedRequest,
): Promise<RegistryError> {
  const { statusCode: status, body } = answer;
  const errors = readErrors(await readBeginning(body, MOST_ERROR_BYTES));
  const said = errors.map(({ code, message }) => message || code).join("; ");
  const detail = said || `HTTP status ${status}`;
  const who = credentials === undefined ? "no credentials" : `the credentials from ${credentials}`;
  const retryAfterSeconds = readRetryAfter(headerOf(answer, "retry-after"), nowMs);
  return new RegistryError(kindOfStatus(status), {
    registry,
    request,
    status,
    codes: errors.map(({ code }) => code),
    detail: status === 403 ? `${detail}, with ${who}` : detail,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}
