import { defineConfig } from "vitest/config";
import { DEADLINES } from "../support/patience.ts";

/**
 * What needs a Python with LangGraph, at TEST_PYTHON: graphs of Python beside recordings and faults. `test/registry/run-python.ts` makes
 * the environment and runs this.
 */
export default defineConfig({
  test: {
    globals: true,
    // The suite of faults is of both languages. All of it takes minutes: TEST_PYTHON=… npm run test:faults.
    include: ["test/python/*.test.ts", "test/faults/{hand-overs,fault-kinds,disagreeing-clocks}.test.ts"],
    globalSetup: "test/python/shared-server.ts",
    maxWorkers: 2,
    ...DEADLINES,
  },
});
