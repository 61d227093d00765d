import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ScriptedEngine } from "../../../test/fakes/scripted-engine.ts";
import { installNodeProgram } from "../../../test/fixtures/node-program.ts";
import { connectEngine } from "./engine-client.ts";
import { sshArguments } from "./transport-ssh.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-ssh-"));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Puts an `ssh` on PATH that runs this script. */
function installSsh(script: string): void {
  installNodeProgram(folder, "ssh", script);
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env["PATH"]}`);
}

const BRIDGE = `
const socket = require("node:net").connect(process.env.STUB_SOCKET);
process.stdin.pipe(socket).pipe(process.stdout);
socket.on("close", () => process.exit(0));
`;

test.each([
  [{ kind: "ssh", host: "box" }, "-o ConnectTimeout=30 -T -- box docker system dial-stdio"],
  [
    { kind: "ssh", host: "box", user: "me", port: 2222, socketPath: "/run/it's here.sock" },
    `-l me -p 2222 -o ConnectTimeout=30 -T -- box docker --host 'unix:///run/it'\\''s here.sock' system dial-stdio`,
  ],
] as const)("arguments of %j", (endpoint, expected) => {
  expect(sshArguments(endpoint).join(" ")).toBe(expected);
});

test("requests go through ssh, each connection a process of its own", async () => {
  const engine = await ScriptedEngine.start((request) => ({ request }));
  vi.stubEnv("STUB_SOCKET", engine.endpoint.kind === "unix" ? engine.endpoint.socketPath : "");
  installSsh(BRIDGE);
  const client = await connectEngine({ kind: "ssh", host: "box", user: "me" });
  expect(client.address).toBe("ssh://me@box");
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => client.getJson(`/${i}`)));
  expect(answers).toHaveLength(20);
  client.close();
});

test.each([
  [
    "what ssh says",
    'console.error("me@box: Permission denied (publickey)."); process.exit(255);',
    "Permission denied",
  ],
  ["its status where it says nothing", "process.exit(255);", "status 255"],
])("a failure is told with %s", async (_name, script, detail) => {
  installSsh(script);
  await expect(connectEngine({ kind: "ssh", host: "box" })).rejects.toMatchObject({
    kind: "unreachable",
    address: "ssh://box",
    detail: expect.stringContaining(detail),
  });
});

test("no ssh at all", async () => {
  vi.stubEnv("PATH", folder);
  await expect(connectEngine({ kind: "ssh", host: "box" })).rejects.toMatchObject({
    kind: "unreachable",
    detail: "there is no ssh program on PATH",
  });
});

test.each([
  { kind: "ssh", host: "-oProxyCommand=touch /tmp/owned" },
  { kind: "ssh", host: "box", user: "-oProxyCommand=touch /tmp/owned" },
] as const)("an option in place of %j is refused", async (endpoint) => {
  installSsh("process.exit(0);");
  await expect(connectEngine(endpoint)).rejects.toMatchObject({
    detail: expect.stringContaining("-oProxyCommand"),
  });
});
