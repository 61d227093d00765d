import packageJson from "../package.json" with { type: "json" };

process.stdout.write(`plimsoll ${packageJson.version}\n`);
