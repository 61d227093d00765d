// How long the command takes to do next to nothing, against Node alone doing nothing.

import { attempt, reportFigure } from "./figure.ts";
import { PlimsollProgram } from "./plimsoll-program.ts";
import { interleave, ratioFigure, type Series } from "./series.ts";
import { timedProgram } from "./timed-program.ts";

const ROUNDS = 40;

await attempt("start", async () => {
  const plimsoll = new PlimsollProgram();
  try {
    const flags = ["--version", "--help"] as const;
    for (const flag of flags) await plimsoll.time(flag); // fills Node's cache of compiled code
    const sides = flags.map((flag) => ({
      name: `plimsoll ${flag}`,
      run: () => plimsoll.time(flag),
    }));
    const node = {
      name: "node -e 0",
      run: () => timedProgram(process.execPath, ["-e", "0"], plimsoll.env),
    };
    const [version, help, bare] = (await interleave([...sides, node], ROUNDS)) as [
      Series,
      Series,
      Series,
    ];
    const on = `, on Node ${process.versions.node}`;
    reportFigure(ratioFigure(`start: --version${on}`, version, bare, 1.35));
    reportFigure(ratioFigure(`start: --help${on}`, help, bare, 1.8));
  } finally {
    plimsoll.discard();
  }
});
