import { checkSetup } from "../doctor/check-setup.ts";
import { checkTarget } from "../doctor/check-target.ts";
import type { Checkup, CheckupState } from "../doctor/checkup.ts";
import type { CliContext } from "../cli-context.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { paint, type Style } from "../view-human/paint.ts";
import { printable } from "../view-human/printable.ts";
import { writeJson } from "../view-json.ts";

export const command = defineCommand({
  operands: "",
  description:
    "Checks this installation, its folders, every docker context and the target: what is set up, reachable, too old, " +
    "or left behind on disk, and how exact its byte figures can be. Exit status 1 when something is broken.",
  flags: {},
  examples: [
    { command: "doctor", does: "the current docker context and everything around it" },
    { command: "doctor -t ssh://build@host", does: "another target" },
  ],
  async run(context, { flags }) {
    const setup = await checkSetup(context);
    const target = await checkTarget(context, flags.target);
    const checkups = [...setup, ...target];
    if (flags.json) writeJson(context.stdout, checkups);
    else context.stdout.write(checkups.map((checkup) => render(context, checkup)).join(""));
    return checkups.some(({ state }) => state === "broken") ? EXIT.failed : EXIT.done;
  },
});

const MARKS: Readonly<Record<CheckupState, readonly [mark: string, style: Style]>> = {
  ok: ["ok     ", "green"],
  note: ["note   ", "yellow"],
  broken: ["BROKEN ", "red"],
};

function render({ stdout }: CliContext, { state, subject, detail, next }: Checkup): string {
  const [mark, style] = MARKS[state];
  const lines = [
    `${paint(stdout, style, mark)} ${printable(subject)}: ${printable(detail)}`,
    ...next.map((step) => `          ${printable(step)}`),
  ];
  return `${lines.join("\n")}\n`;
}
