import { expect, test } from "vitest";

import { createProgress } from "./progress.ts";

function recorded(isTerminal: boolean) {
  const written: string[] = [];
  let nowMs = 0;
  const output = {
    write: (text: string) => void written.push(text),
    columns: 10,
    isTerminal,
    colour: false,
  };
  const progress = createProgress(output, () => nowMs);
  return { written, progress, wait: (ms: number) => (nowMs += ms) };
}

test("without a terminal: whole lines, at most one a second, none for what is quick", () => {
  const { written, progress, wait } = recorded(false);
  for (let step = 1; step <= 25; step += 1) {
    wait(100);
    progress.update(`step ${step} of 25`);
  }
  progress.line("a failure");
  progress.end();
  expect(written).toEqual(["step 10 of 25\n", "step 20 of 25\n", "a failure\n"]);
});

test("at a terminal one line is rewritten, cut to the width, and wiped at the end", () => {
  const { written, progress, wait } = recorded(true);
  progress.update("reading images 1/9");
  progress.update("too soon");
  wait(100);
  progress.update("2/9");
  progress.line("stays");
  progress.end();
  expect(written).toEqual(["\r\u001b[Kreading i", "\r\u001b[K2/9", "\r\u001b[K", "stays\n"]);
});
