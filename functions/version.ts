/** The version that `/info` tells: that of package.json (test/architecture.test.ts compares them). */
export const VERSION = "0.1.0";
