/** The present moment, in milliseconds since the epoch. */
export type Clock = () => number;
