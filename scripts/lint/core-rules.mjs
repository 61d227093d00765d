// Lint rules of this project that no linter has: see the overrides in .oxlintrc.json.

const isDate = (node) => node.type === "Identifier" && node.name === "Date";

/**
 * `Date.now()`, `Date()` and `new Date()` read the clock, and the core gets its time as an argument.
 * `new Date(value)`, `Date.parse` and `Date.UTC` only calculate and stay allowed.
 */
const noClock = {
  meta: {
    type: "problem",
    messages: { clock: "The core reads no clock: take the time as an argument (`now`)." },
  },
  create(context) {
    return {
      CallExpression(node) {
        const { callee } = node;
        const callsNow =
          callee.type === "MemberExpression" &&
          isDate(callee.object) &&
          callee.property.name === "now";
        if (isDate(callee) || callsNow) context.report({ node, messageId: "clock" });
      },
      NewExpression(node) {
        if (isDate(node.callee) && node.arguments.length === 0) {
          context.report({ node, messageId: "clock" });
        }
      },
    };
  },
};

export default { meta: { name: "plimsoll" }, rules: { "no-clock": noClock } };
