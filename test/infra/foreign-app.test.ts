/** The construct in somebody else's CDK app: a folder of its own, with its own project, that has this package as a dependency. */
import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "threadline-app-")));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(ROOT, join(folder, "node_modules", "threadline"), "dir");
  for (const name of ["aws-cdk-lib", "constructs"])
    symlinkSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name), "dir");
  const files = {
    "package.json": '{ "name": "shop", "private": true, "type": "module" }',
    "langgraph.json": '{ "graphs": { "clerk": "./clerk.ts:graph" } }',
    "clerk.ts": "export const graph = (): never => { throw new Error('not loaded at synth'); };\n",
    "app.ts": `
      import { App, Stack, type StackProps } from "aws-cdk-lib";
      import type { Construct } from "constructs";
      import { AgentServer } from "threadline/infra/agent-server.ts";

      class Shop extends Stack {
        constructor(scope: Construct, id: string, props?: StackProps) {
          super(scope, id, props);
          new AgentServer(this, "Agents", { config: "langgraph.json", cpu: "x64" });
        }
      }
      const app = new App({ outdir: "cdk.out" });
      new Shop(app, "Shop");
      app.synth();
    `,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("synthesises, with the project of that folder in the functions' code", () => {
  const { status, stderr } = spawnSync(process.execPath, ["app.ts"], { cwd: folder, encoding: "utf8" });

  expect(stderr).not.toMatch(/Error/);
  expect(status).toBe(0);
  const template = readFileSync(join(folder, "cdk.out", "Shop.template.json"), "utf8");
  expect(template).toContain('"api.handler"');
  const code = readdirSync(join(folder, "cdk.out")).find((name) => name.startsWith("asset."));
  expect(readdirSync(join(folder, "cdk.out", code ?? ""))).toEqual([
    "api.mjs",
    "extend-lease.mjs",
    "pacemaker-thread.mjs",
    "project",
    "project-preload.mjs",
    "sweeper.mjs",
    "worker.mjs",
  ]);
  expect(readFileSync(join(folder, "cdk.out", code ?? "", "project", "manifest.json"), "utf8")).toContain('"clerk"');
}, 240_000);
