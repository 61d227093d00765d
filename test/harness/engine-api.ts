import { request } from "node:http";
import type { Readable } from "node:stream";

export interface ApiResponse {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: Buffer;
}

export interface ApiRequest {
  headers?: Record<string, string>;
  body?: Buffer | Readable;
}

/** What the harness needs of an engine to talk to it. */
export interface EngineAddress {
  socketPath: string;
}

/** One plain HTTP request on a unix socket: the tests' own way to an engine, independent of the product's client. */
export function callApi(
  { socketPath }: EngineAddress,
  method: string,
  path: string,
  { headers = {}, body }: ApiRequest = {},
): Promise<ApiResponse> {
  return new Promise((resolve, reject) => {
    const length = Buffer.isBuffer(body) ? { "content-length": String(body.length) } : {};
    const call = request(
      { socketPath, method, path, headers: { host: "engine", ...length, ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    call.on("error", reject);
    if (body === undefined || Buffer.isBuffer(body)) call.end(body);
    else body.on("error", (error) => call.destroy(error)).pipe(call);
  });
}

/** The same, for a call that must succeed: the JSON it answers, `undefined` for an empty body. */
export async function callApiJson<T = undefined>(
  engine: EngineAddress,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const sent =
    body === undefined
      ? {}
      : {
          body: Buffer.from(JSON.stringify(body)),
          headers: { "content-type": "application/json" },
        };
  const response = await callApi(engine, method, path, sent);
  const text = successText(response, `${method} ${path}`);
  return (text.trim() === "" ? undefined : JSON.parse(text)) as T;
}

export interface ProgressMessage {
  stream?: string;
  status?: string;
  error?: string;
  aux?: { ID?: string; Digest?: string };
}

/** A call that answers a stream of JSON messages. An error among them counts although the status was 200. */
export async function callApiStream(
  engine: EngineAddress,
  method: string,
  path: string,
  sent: ApiRequest = {},
): Promise<ProgressMessage[]> {
  const text = successText(await callApi(engine, method, path, sent), `${method} ${path}`);
  const messages = text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as ProgressMessage);
  const failure = messages.find((message) => message.error !== undefined);
  if (failure !== undefined) throw new Error(`${method} ${path}: ${failure.error}\n${text}`);
  return messages;
}

export async function answersPing(engine: EngineAddress): Promise<boolean> {
  try {
    return (await callApi(engine, "GET", "/_ping")).status === 200;
  } catch {
    return false;
  }
}

/** `?name=value&…`; lists repeat the name, absent values are left out. */
export function queryString(
  values: Readonly<Record<string, string | readonly string[] | undefined>>,
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    for (const each of typeof value === "string" ? [value] : (value ?? []))
      query.append(name, each);
  return `?${query}`;
}

function successText(response: ApiResponse, what: string): string {
  const text = response.body.toString("utf8");
  if (response.status >= 400) throw new Error(`${what}: ${response.status} ${text.trim()}`);
  return text;
}
