import type { Socket } from "node:net";
import type { EngineEndpoint, EngineTls } from "../../ports/engine-endpoint.ts";

/** A host that swallows packets would otherwise hold the command for the kernel's two minutes. */
const CONNECT_TIMEOUT_MS = 15_000;

/** Opens a unix or TCP connection, the latter encrypted where the endpoint says so. */
export function dialSocket(endpoint: Extract<EngineEndpoint, { kind: "unix" | "tcp" }>): Socket {
  const net = process.getBuiltinModule("node:net");
  if (endpoint.kind === "unix") return net.connect({ path: endpoint.socketPath });
  const { host, port, tls } = endpoint;
  const socket =
    tls === undefined ? net.connect({ host, port, noDelay: true }) : dialTls(host, port, tls);
  const timer = setTimeout(() => {
    const error = new Error(`no connection within ${CONNECT_TIMEOUT_MS / 1000} s`);
    socket.destroy(Object.assign(error, { code: "ETIMEDOUT" }));
  }, CONNECT_TIMEOUT_MS);
  const settled = () => clearTimeout(timer);
  socket.once(tls === undefined ? "connect" : "secureConnect", settled).once("close", settled);
  return socket;
}

function dialTls(host: string, port: number, tls: EngineTls): Socket {
  const { isIP } = process.getBuiltinModule("node:net");
  const { skipVerify, ...material } = tls;
  return process.getBuiltinModule("node:tls").connect({
    host,
    port,
    ...material,
    minVersion: "TLSv1.2",
    rejectUnauthorized: !skipVerify,
    // RFC 6066 forbids addresses as server names; the certificate is checked against `host` either way.
    ...(isIP(host) === 0 ? { servername: host } : {}),
  });
}
