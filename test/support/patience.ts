/** ms that a test waits for a condition: long, for on a busy machine all takes twenty times as long, and only a failure waits for it. */
export const PATIENCE = 120_000;
