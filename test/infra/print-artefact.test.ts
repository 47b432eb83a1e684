/** N6: what synth makes of graphs that do not load. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { BuildOrder } from "../../infra/print-artefact.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const PROGRAM = at("../../infra/print-artefact.ts");
const ORDER = { cpu: "x64", image: false, load: true, environment: {} } as const;

function print(project: string, order: Partial<BuildOrder> = {}) {
  const config = at(`../fixtures/${project}/langgraph.json`);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [PROGRAM, JSON.stringify({ ...ORDER, config, ...order } satisfies BuildOrder)],
    { encoding: "utf8" },
  );
  return { status, stderr, warnings: stdout && (JSON.parse(stdout) as { warnings: string[] }).warnings };
}

test("N6: no graph loads: an error with the reasons, unless it is told not to look", () => {
  const failed = print("keyed");
  const untried = print("keyed", { load: false });

  expect(failed).toMatchObject({ status: 1, warnings: "" });
  expect(failed.stderr).toBe(
    "no graph of it loads (-c load=false deploys all the same).\n" +
      'Graph "g" (./agent.ts:graph) does not load: TEST_KEY_OF_THE_SHELL not found (agent.ts:5)',
  );
  expect(untried.status).toBe(0);
});

test("N6: with the deployment's own variables it loads", () => {
  const given = print("keyed", { environment: { TEST_KEY_OF_THE_SHELL: "a" } });

  expect(given).toMatchObject({ status: 0, stderr: "" });
});

test("N6: those that do not load beside one that does are warnings", () => {
  const { status, warnings } = print("rude");

  expect(status).toBe(0);
  expect(warnings).toContainEqual(expect.stringMatching(/^Graph "exits" does not load: It ended the process/));
  expect(warnings).not.toContainEqual(expect.stringContaining('"good"'));
});
