import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globals: true,
    include: ["test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "test/fixtures/**", "test/registry/**"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
