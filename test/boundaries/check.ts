import { explainRule, readBoundaries } from "./read-boundaries.ts";

const { moduleCount, unread, violations } = await readBoundaries(process.cwd());

for (const { rule, from, to } of violations) {
  console.error(`${rule}: ${from}${to === from ? "" : ` -> ${to}`}`);
}
for (const rule of new Set(violations.map((violation) => violation.rule))) {
  console.error(`\n${rule}: ${explainRule(rule)}`);
}
for (const file of unread) console.error(`not read, so not checked: ${file}`);

console.log(`${moduleCount} modules, ${violations.length} violations, ${unread.length} unread`);
if (violations.length > 0 || unread.length > 0) process.exitCode = 1;
