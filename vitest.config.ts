import { defineConfig, type TestProjectConfiguration } from "vitest/config";
import { skippedHere } from "./test/support/needs-emulator.ts";
import { DEADLINES } from "./test/support/patience.ts";

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
  /** Wait for leases to run out, again and again, in graphs that crash, freeze and lose their table: `npm run test:faults`. */
  faults: ["test/faults/*.test.ts"],
  /** Use the page `/watch` in Chromium: `npm run test:page`. */
  page: ["test/page/chromium/*.test.ts"],
  /** Start `npm start` and other commands in processes of their own, again and again: `npm run test:programs`. */
  programs: ["local", "projects", "smoke", "storm"].map((room) => `test/${room}/*.test.ts`),
};
/** They change the process that they run in (its folder, its hooks, its variables), as whoever opens a project does. */
const CHANGE_THEIR_PROCESS = ["test/aws/secrets.test.ts", "test/cost/*.test.ts", "test/engine/**/*.test.ts"];
const skipped = skippedHere();
if (skipped.reason !== undefined) console.warn(skipped.reason);
/** Every file may be asked of the isolated host: `npm run test:isolated:flow`. */
const isolated = process.env["TEST_HOST"] === "isolated";
const step = Object.entries(STEPS).find(([name]) => name === process.env["TEST_STEP"]);
const [name = "shared", include = ["test/**/*.test.ts"]] = isolated ? ["isolated"] : (step ?? []);
const exclude = [
  "**/node_modules/**",
  "test/fixtures/**",
  "test/registry/**",
  // Need LangGraph for Python: test/registry/run-python.ts.
  "test/python/**",
  "test/versions/**",
  ...(step || isolated ? [] : Object.values(STEPS).flat()),
  ...skipped.files,
];
// A process for each file costs 0.7 s of CPU: those that leave their process as it was share one.
const projects: TestProjectConfiguration[] =
  step || isolated
    ? [{ extends: true, test: { name, include, exclude, isolate: name !== "programs" } }]
    : [
        {
          extends: true,
          test: {
            name,
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
    ...DEADLINES,
    // Graphs of compiled projects are loaded by Node itself, with the engine's hooks.
    server: { deps: { external: [/\/\.threadline\//, /\/threadline-engine-/] } },
    projects,
  },
});
