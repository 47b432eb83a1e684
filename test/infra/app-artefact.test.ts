/** Our app with a real artefact: what synth says of graphs that it has loaded. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

let out: string;
beforeEach(() => {
  out = join(mkdtempSync(join(tmpdir(), "threadline-synth-")), "out");
});
afterEach(() => rmSync(join(out, ".."), { recursive: true, force: true }));

/** As the CDK's CLI starts it. */
function synthesise(context: Record<string, unknown>): { status: number | null; stderr: string } {
  const env = { ...process.env, CDK_OUTDIR: out, CDK_CONTEXT_JSON: JSON.stringify(context) };
  const { status, stderr } = spawnSync(process.execPath, ["infra/app.ts"], { cwd: ROOT, env, encoding: "utf8" });
  return { status, stderr };
}

test("N6: fails if no graph loads, with each reason, and writes nothing", { timeout: 120_000 }, () => {
  const { status, stderr } = synthesise({ config: "test/fixtures/keyed/langgraph.json" });

  expect([status, existsSync(join(out, "manifest.json"))]).toEqual([1, false]);
  expect(stderr).toMatch(/cannot be deployed: no graph of it loads \(-c load=false .*\)\.\nGraph "g" .*not found/);
});

test("P16: the line to try has the own input of the first graph that loads", { timeout: 120_000 }, () => {
  const cpu = process.arch === "arm64" ? "arm64" : "x64";
  const { status } = synthesise({ config: "test/fixtures/local/langgraph.json", cpu });

  expect(status).toBe(0);
  const template = readFileSync(join(out, "Threadline.template.json"), "utf8");
  expect(template).toContain(String.raw`{\"assistant_id\":\"steps\",\"input\":{\"count\":1}`);
});
