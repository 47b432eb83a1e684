/** Our app with a real artefact: what synth says of graphs that it has loaded. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesiseApp } from "./synthesise-app.ts";

let out: string;
beforeEach(() => {
  out = join(mkdtempSync(join(tmpdir(), "threadline-synth-")), "out");
});
afterEach(() => rmSync(join(out, ".."), { recursive: true, force: true }));

test("N6: fails if no graph loads, with each reason, and writes nothing", () => {
  const { status, stderr } = synthesiseApp(out, { config: "test/fixtures/keyed/langgraph.json" });

  expect([status, existsSync(join(out, "manifest.json"))]).toEqual([1, false]);
  expect(stderr).toMatch(/cannot be deployed: no graph of it loads \(-c load=false .*\)\.\nGraph "g" .*not found/);
});

test("P16: the line to try has the own input of the first graph that loads", () => {
  const cpu = process.arch === "arm64" ? "arm64" : "x64";
  const { status } = synthesiseApp(out, { config: "test/fixtures/local/langgraph.json", cpu });

  expect(status).toBe(0);
  const template = readFileSync(join(out, "Threadline.template.json"), "utf8");
  expect(template).toContain(String.raw`{\"assistant_id\":\"steps\",\"input\":{\"count\":1}`);
});
