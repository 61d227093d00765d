import type * as Sqlite from "node:sqlite";

/**
 * `node:sqlite`, loaded on first use: commands that keep nothing must not pay for it. Loading it announces that the
 * module is experimental; that one notice is held back, every other warning passes.
 */
export function loadSqlite(): typeof Sqlite {
  const emitWarning = process.emitWarning.bind(process) as (...warning: unknown[]) => void;
  const original = Object.getOwnPropertyDescriptor(process, "emitWarning") ?? {};
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    if (!isSqliteNotice(warning, rest[0])) emitWarning(warning, ...rest);
  };
  try {
    return process.getBuiltinModule("node:sqlite");
  } finally {
    Object.defineProperty(process, "emitWarning", original);
  }
}

function isSqliteNotice(warning: string | Error, type: unknown): boolean {
  return (
    type === "ExperimentalWarning" && typeof warning === "string" && warning.startsWith("SQLite ")
  );
}
