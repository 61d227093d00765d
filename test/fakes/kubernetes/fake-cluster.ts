import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";

import { answerTo, failure, type FakeRefusal, type KubernetesObject } from "./api-answers.ts";

export type { FakeRefusal, KubernetesObject } from "./api-answers.ts";

export interface FakeClusterOptions {
  /** PEM. Without them it speaks plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly clientCa: string };
  /** Who gets in; without either everybody does. */
  readonly token?: string;
  readonly clientName?: string;
}

export interface FakeCluster {
  readonly url: string;
  /** Objects by the path of their list. */
  readonly objects: Map<string, KubernetesObject[]>;
  /** What a list is answered with instead; `times` requests to it, or all. */
  readonly refusals: Map<string, FakeRefusal>;
  /** Path and query of each request that was let in. */
  readonly requests: string[];
  stop(): Promise<void>;
}

/** The lists of a Kubernetes API server, as https://kubernetes.io/docs/reference/using-api/api-concepts/ describes them. */
export async function startFakeCluster(options: FakeClusterOptions = {}): Promise<FakeCluster> {
  const { tls, token, clientName } = options;
  const objects: FakeCluster["objects"] = new Map();
  const refusals: FakeCluster["refusals"] = new Map();
  const requests: string[] = [];
  const listener: RequestListener = (request, response) => {
    const isKnown = isAsked(request.headers.authorization, request.socket as TLSSocket);
    const url = new URL(request.url ?? "/", "http://cluster");
    if (isKnown) requests.push(`${url.pathname}${url.search}`);
    const {
      status,
      headers = {},
      body,
    } = isKnown ? answerTo(url, objects, refusals) : failure(401, "Unauthorized", "Unauthorized");
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
  const isAsked = (authorization: string | undefined, socket: TLSSocket): boolean => {
    if (token === undefined && clientName === undefined) return true;
    if (token !== undefined && authorization === `Bearer ${token}`) return true;
    return (
      clientName !== undefined &&
      socket.authorized &&
      socket.getPeerCertificate().subject.CN === clientName
    );
  };
  const server =
    tls === undefined
      ? createHttpServer(listener)
      : createHttpsServer(
          {
            cert: tls.cert,
            key: tls.key,
            ca: tls.clientCa,
            requestCert: true,
            rejectUnauthorized: false,
          },
          listener,
        );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    objects,
    refusals,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
