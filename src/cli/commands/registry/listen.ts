import type { PullListener } from "../../../daemon/pull-events/listen.ts";
import type { CliContext } from "../../cli-context.ts";
import { CliError, usageError } from "../../cli-error.ts";
import { defineCommand } from "../../command.ts";
import { EXIT } from "../../exit-codes.ts";
import { readNamedFile } from "../../json-file.ts";
import { writeJson } from "../../view-json.ts";

const DEFAULT_ADDRESS = "127.0.0.1:5180";
const SHORTEST_SECRET = 16;
const LARGEST_SECRET_BYTES = 4096;

export const command = defineCommand({
  operands: "",
  description:
    "Listens for what registries tell of pulls: distribution's notifications, Harbor's and DTR's webhooks. When each image " +
    "was pulled last is remembered, and policies go by it (by: used, by: active). Runs until it is stopped. " +
    "Senders prove themselves with the secret: Authorization: Bearer SECRET, or ?token=SECRET in the URL.",
  flags: {
    secretFile: {
      kind: "value",
      placeholder: "FILE",
      completion: "file",
      help: `holds the secret, at least ${SHORTEST_SECRET} characters; required`,
    },
    address: {
      kind: "value",
      placeholder: "HOST:PORT",
      help: `where to listen (default ${DEFAULT_ADDRESS})`,
    },
    registry: {
      kind: "value",
      placeholder: "HOST",
      help: "the registry that tells, where it does not say so itself (DTR), or says another name than you use",
    },
    ignoreAgent: {
      kind: "list",
      placeholder: "TEXT",
      help: "a user agent that begins so is a scanner, and its pulls are none",
    },
    ignoreUser: {
      kind: "list",
      placeholder: "NAME",
      help: "what this user of a registry pulls is none either (distribution, Harbor)",
    },
    spool: {
      kind: "value",
      placeholder: "FILE",
      completion: "file",
      help: "append to this file instead of the state folder; PLIMSOLL_PULL_SPOOL names it to other commands",
    },
  },
  examples: [
    { command: "registry listen --secret-file secret", does: "into the state folder of this user" },
    {
      command: "registry listen --secret-file secret --registry dtr.example.com",
      does: "webhooks of a DTR",
    },
    {
      command: "registry listen --secret-file secret --spool /var/spool/pulls.jsonl",
      does: "where another user plans",
    },
  ],
  async run(context, { flags }) {
    const { host, port } = parseAddress(flags.address ?? DEFAULT_ADDRESS);
    const secret = await readSecret(context, flags.secretFile);
    const log = await context.openPullLog(flags.spool);
    try {
      const { listenForPulls } = await import("../../../daemon/pull-events/listen.ts");
      const listener = await openListener(() =>
        listenForPulls({
          host,
          port,
          secret,
          log,
          clock: context.clock,
          registry: flags.registry,
          ignoredAgents: flags.ignoreAgent,
          ignoredUsers: flags.ignoreUser,
          onProblem: (problem) =>
            context.stderr.write(`${context.programName}: warning: ${problem}\n`),
        }),
      );
      if (flags.json) writeJson(context.stdout, { address: listener.address });
      else context.stdout.write(`Listening for pulls at http://${listener.address}/\n`);
      if (!/^(?:127\.|\[::1\])/.test(listener.address))
        context.stderr.write(
          `${context.programName}: warning: the secret comes over plain HTTP here; put a proxy with TLS in front\n`,
        );
      await untilAborted(context.signal);
      await listener.close();
      return EXIT.done;
    } finally {
      log.close();
    }
  },
});

function parseAddress(text: string): { readonly host: string; readonly port: number } {
  const [, host = "", port = ""] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  if (host === "" || Number(port) > 65_535)
    throw usageError(`--address "${text}" is not HOST:PORT; write for example ${DEFAULT_ADDRESS}`);
  return { host: host.replace(/^\[(.*)\]$/, "$1"), port: Number(port) };
}

async function readSecret(context: CliContext, path: string | undefined): Promise<string> {
  if (path === undefined)
    throw usageError(
      "--secret-file is required: anybody could tell of pulls otherwise",
      "Make one: head -c 32 /dev/urandom | base64 > secret; chmod 600 secret",
    );
  const secret = (await readNamedFile(context, path, "secret", LARGEST_SECRET_BYTES)).trim();
  if (secret.length < SHORTEST_SECRET)
    throw usageError(`the secret in ${path} has fewer than ${SHORTEST_SECRET} characters`);
  return secret;
}

async function openListener(listen: () => Promise<PullListener>): Promise<PullListener> {
  try {
    return await listen();
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    throw new CliError("cannot listen there", [error.message], EXIT.failed);
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
