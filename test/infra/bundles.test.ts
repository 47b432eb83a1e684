/** Our functions as Lambda gets them: one file each, without LangGraph, loadable from anywhere. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleFunctions, FUNCTIONS } from "../../packaging/bundle-functions.ts";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "threadline-bundles-"));
  await bundleFunctions(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(FUNCTIONS)("%s", (name) => {
  test("exports its handler where nothing is installed and no variable is set", () => {
    const script = `import(${JSON.stringify(join(folder, `${name}.mjs`))}).then((m) => console.log(typeof m.handler))`;

    const said = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
      cwd: folder,
      env: {},
      encoding: "utf8",
    });

    expect(said.trim()).toBe("function");
  });

  test("carries no LangGraph and at most 1.4 MB", () => {
    const text = readFileSync(join(folder, `${name}.mjs`), "utf8");

    expect(text).not.toContain("class Pregel");
    expect(text).not.toContain("GraphRecursionError extends");
    expect(text.length).toBeLessThan(1.4e6);
  });

  test("names the variable that is missing at its first call", () => {
    const url = JSON.stringify(join(folder, `${name}.mjs`));
    const event = JSON.stringify({ Records: [], rawPath: "/ok", requestContext: { http: { method: "GET" } } });
    const script = `import(${url}).then((m) => m.handler(${event}, {}, {})).catch((e) => console.log(e.message))`;

    const said = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
      cwd: folder,
      env: {},
      encoding: "utf8",
    });

    expect(said).toMatch(/THREADLINE_TABLE_NAME[\s\S]*THREADLINE_QUEUE_URL[\s\S]*THREADLINE_PROJECT_DIR/);
  });
});
