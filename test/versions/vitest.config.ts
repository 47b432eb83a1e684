import { defineConfig } from "vitest/config";
import { PATIENCE } from "../support/patience.ts";

/** Projects of many versions of LangGraph, installed from the registry: `npm run test:versions`, two at a time. */
export default defineConfig({
  test: {
    globals: true,
    include: ["test/versions/*.test.ts"],
    maxWorkers: 2,
    testTimeout: 4 * PATIENCE,
    hookTimeout: 4 * PATIENCE,
  },
});
