import { constants } from "node:fs";

/** Reads a regular file: a link fails instead of leading elsewhere, and a pipe does not block. */
export const READ_NO_LINK = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Makes a file that was not there. */
export const CREATE_NEW =
  constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
