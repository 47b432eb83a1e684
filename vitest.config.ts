import { defineConfig, type TestProjectConfiguration } from "vitest/config";
import { skippedHere } from "./test/support/needs-emulator.ts";
import { PATIENCE } from "./test/support/patience.ts";

/** Steps of their own in `npm run check`, so that `npm test` stays quick. */
const STEPS = {
  /** Wait for leases and time-outs in real processes: `npm run test:isolated`. */
  isolated: ["test/isolated/*.test.ts"],
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
/** They change the process that they run in (its folder, its hooks, its variables), as whoever opens a project does. */
const CHANGE_THEIR_PROCESS = [
  "test/aws/secrets.test.ts",
  "test/cost/*.test.ts",
  "test/engine/**/*.test.ts",
  "test/faults/*.test.ts",
];
const skipped = skippedHere();
if (skipped.reason !== undefined) console.warn(skipped.reason);
const artefacts = process.env["TEST_STEP"] === "artefacts";
const isolated = process.env["TEST_HOST"] === "isolated";
const include = artefacts ? STEPS.artefacts : ["test/**/*.test.ts"];
const exclude = [
  "**/node_modules/**",
  "test/fixtures/**",
  "test/registry/**",
  "test/versions/**",
  ...(isolated ? [] : STEPS.isolated),
  ...(artefacts || isolated ? [] : STEPS.artefacts),
  ...skipped.files,
];
const projects: TestProjectConfiguration[] =
  artefacts || isolated
    ? [{ extends: true, test: { name: artefacts ? "artefacts" : "isolated", include, exclude } }]
    : [
        // A process for each file costs 0.7 s of CPU: those that leave their process as it was share one.
        {
          extends: true,
          test: {
            name: "shared",
            isolate: false,
            globalSetup: "test/support/golden-server.ts",
            include,
            exclude: [...exclude, ...CHANGE_THEIR_PROCESS],
          },
        },
        { extends: true, test: { name: "alone", include: CHANGE_THEIR_PROCESS, exclude } },
      ];

export default defineConfig({
  test: {
    globals: true,
    // Many tests wait for leases, keep-alives and child processes: more of them than cores keep two cores busy.
    maxWorkers: 4,
    testTimeout: 4 * PATIENCE,
    hookTimeout: 4 * PATIENCE,
    expect: { poll: { timeout: 2 * PATIENCE } },
    // Graphs of compiled projects are loaded by Node itself, with the engine's hooks.
    server: { deps: { external: [/\/\.threadline\//, /\/threadline-engine-/] } },
    projects,
  },
});
