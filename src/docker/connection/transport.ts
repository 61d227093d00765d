import type { Agent } from "node:http";
import type { Duplex } from "node:stream";
import type { EngineEndpoint } from "../../ports/engine-endpoint.ts";
import { dialSocket } from "./transport-socket.ts";
import { dialSsh } from "./transport-ssh.ts";

/** As many removals as any engine bears at once, twice over. */
const MAX_CONNECTIONS = 160;
/** Each is a login on the other host; sshd refuses more than ten that are being made at once (`MaxStartups`). */
const MAX_SSH_CONNECTIONS = 8;

/** An HTTP agent whose connections all lead to this endpoint and are used again. */
export function createAgent(endpoint: EngineEndpoint): Agent {
  const { Agent: HttpAgent } = process.getBuiltinModule("node:http");
  const maxSockets = endpoint.kind === "ssh" ? MAX_SSH_CONNECTIONS : MAX_CONNECTIONS;
  const options = {
    keepAlive: true,
    maxSockets,
    maxFreeSockets: maxSockets,
    // TLS is dialled with a name of its own. Without one here the agent asks whether the host is an address, and that
    // compiles a large regular expression: a tenth of what a short command takes.
    servername: "",
  };
  const agent = new HttpAgent(options);
  agent.createConnection = () => dial(endpoint);
  return agent;
}

/** Opens one connection. It may still be connecting; failures arrive as its `error` event. */
function dial(endpoint: EngineEndpoint): Duplex {
  return endpoint.kind === "ssh" ? dialSsh(endpoint) : dialSocket(endpoint);
}

/** The endpoint as an address for people and records: where it is, without secrets. */
export function addressOf(endpoint: EngineEndpoint): string {
  switch (endpoint.kind) {
    case "unix":
      return `unix://${endpoint.socketPath}`;
    case "tcp":
      return `tcp://${hostPart(endpoint.host)}:${endpoint.port}`;
    case "ssh": {
      const user = endpoint.user === undefined ? "" : `${endpoint.user}@`;
      const port = endpoint.port === undefined ? "" : `:${endpoint.port}`;
      return `ssh://${user}${hostPart(endpoint.host)}${port}${endpoint.socketPath ?? ""}`;
    }
  }
}

function hostPart(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
