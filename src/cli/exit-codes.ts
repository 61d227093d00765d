/** Exit statuses, the same for every command. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  partly: 3,
  /** 128 + SIGINT, as shells count it. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** As help prints it. */
export const EXIT_STATUS_TABLE: readonly (readonly [code: ExitCode, meaning: string])[] = [
  [EXIT.done, "done"],
  [EXIT.failed, "failed; nothing was removed"],
  [EXIT.usage, "usage or policy error; nothing was removed"],
  [EXIT.partly, "done in part: something was skipped, failed, or the run was stopped"],
  [EXIT.interrupted, "interrupted with Ctrl-C before anything was removed"],
];
