/** Fails while it is imported, as a module does that needs a key. */
const key = process.env["THREADLINE_TEST_MISSING_KEY"];
if (key === undefined) throw new Error("THREADLINE_TEST_MISSING_KEY is not set");

export { compiled as graph } from "./kinds.ts";
