import { request } from "node:http";

export interface ApiResponse {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  body: Buffer;
}

export interface ApiRequest {
  headers?: Record<string, string>;
  body?: Buffer;
}

/** One plain HTTP request on a unix socket: the tests' own way to an engine, independent of the product's client. */
export function callApi(
  socketPath: string,
  method: string,
  path: string,
  { headers = {}, body }: ApiRequest = {},
): Promise<ApiResponse> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": String(body.length) };
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
    call.end(body);
  });
}

/** The same, for a call that must succeed: the JSON it answers, `undefined` for an empty body. */
export async function callApiJson<T>(
  socketPath: string,
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
  const response = await callApi(socketPath, method, path, sent);
  const text = response.body.toString("utf8");
  if (response.status >= 400)
    throw new Error(`${method} ${path}: ${response.status} ${text.trim()}`);
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

export async function answersPing(socketPath: string): Promise<boolean> {
  try {
    return (await callApi(socketPath, "GET", "/_ping")).status === 200;
  } catch {
    return false;
  }
}
