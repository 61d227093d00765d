/** Asks on the terminal. End of input is no; Ctrl-C is passed on, and rejects once `signal` tells of it. */
export async function confirmAtTerminal(question: string, signal: AbortSignal): Promise<boolean> {
  const { createInterface } = await import("node:readline/promises");
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // While it asks, the terminal is in raw mode and sends no signals by itself.
  lines.once("SIGINT", () => process.emit("SIGINT"));
  try {
    const ended = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
    const answer = await Promise.race([lines.question(`${question} [y/N] `, { signal }), ended]);
    return /^y(?:es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
