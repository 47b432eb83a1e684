/** ms that a test waits for a condition: long, for on a busy machine all takes twenty times as long, and only a failure waits for it. */
export const PATIENCE = 120_000;

/** What vitest waits: a test, or its preparation, waits for several conditions, one after the other. */
export const DEADLINES = {
  testTimeout: 6 * PATIENCE,
  hookTimeout: 6 * PATIENCE,
  expect: { poll: { timeout: 2 * PATIENCE } },
};
