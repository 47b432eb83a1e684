import { defineConfig } from "vitest/config";
import { skippedHere } from "./test/support/needs-emulator.ts";

/** Tests that wait for leases and time-outs in real processes: a step of their own in `npm run check`, `npm run test:isolated`. */
const LONG = [
  "api",
  "blocked",
  "crash",
  "deployed-url",
  "exits",
  "failures",
  "freeze",
  "kills",
  "limits",
  "queue",
  "start",
].map((name) => `test/isolated/${name}.test.ts`);
const skipped = skippedHere();
if (skipped.reason !== undefined) console.warn(skipped.reason);
const isolated = process.env["TEST_HOST"] === "isolated";

export default defineConfig({
  test: {
    globals: true,
    // Many tests wait for leases, keep-alives and child processes: more of them than cores keep two cores busy.
    maxWorkers: isolated ? 6 : 4,
    include: ["test/**/*.test.ts"],
    exclude: [
      "**/node_modules/**",
      "test/fixtures/**",
      "test/registry/**",
      "test/versions/**",
      ...(isolated ? [] : LONG),
      ...skipped.files,
    ],
    // Where each first invocation is a new process, a busy machine takes its time.
    testTimeout: isolated ? 120_000 : 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    // Graphs of compiled projects are loaded by Node itself, with the engine's hooks.
    server: { deps: { external: [/\/\.threadline\//, /\/threadline-engine-/] } },
  },
});
