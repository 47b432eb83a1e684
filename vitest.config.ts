import { defineConfig } from "vitest/config";
import { skippedHere } from "./test/support/needs-emulator.ts";

/** Steps of their own in `npm run check`, so that `npm test` stays quick. */
const STEPS = {
  /** Wait for leases and time-outs in real processes: `npm run test:isolated`. */
  isolated: [
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
  ].map((name) => `test/isolated/${name}.test.ts`),
  /** Build what a deployment uploads, of whole projects: `npm run test:artefacts`. */
  artefacts: [
    "test/bench/commands.test.ts",
    "test/infra/app-artefact.test.ts",
    "test/infra/foreign-app.test.ts",
    "test/infra/print-artefact.test.ts",
    "test/packaging/artefacts.test.ts",
    "test/packaging/package-command.test.ts",
  ],
};
const skipped = skippedHere();
if (skipped.reason !== undefined) console.warn(skipped.reason);
const artefacts = process.env["TEST_STEP"] === "artefacts";
const isolated = process.env["TEST_HOST"] === "isolated";

export default defineConfig({
  test: {
    globals: true,
    // Many tests wait for leases, keep-alives and child processes: more of them than cores keep two cores busy.
    maxWorkers: isolated ? 6 : 4,
    include: artefacts ? STEPS.artefacts : ["test/**/*.test.ts"],
    exclude: [
      "**/node_modules/**",
      "test/fixtures/**",
      "test/registry/**",
      "test/versions/**",
      ...(isolated ? [] : STEPS.isolated),
      ...(artefacts || isolated ? [] : STEPS.artefacts),
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
