/**
 * The version that `/info` shows: that of package.json (test/architecture.test.ts compares them). Must not read a file: a bundle has none.
 */
export const VERSION = "0.1.0";
