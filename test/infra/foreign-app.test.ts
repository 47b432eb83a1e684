/**
 * N2: the construct in somebody else's CDK app, as `cdk init` makes it: CommonJS, checked by that app's own `tsc`, with its CDK.
 * `test/registry/run-cdk-app.ts` tries what such an app installs, on older Node, too.
 */
import { spawnSync } from "node:child_process";
import {
  cpSync,
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
const TEMPLATE = join(ROOT, "node_modules/aws-cdk/lib/init-templates/app/typescript/tsconfig.json");

let folder: string;
const run = (...args: string[]) => spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "threadline-app-")));
  const packed = spawnSync(process.execPath, [join(ROOT, "packaging/pack-construct.ts")], { encoding: "utf8" });
  expect(packed.stderr).toBe("");
  mkdirSync(join(folder, "node_modules/@types"), { recursive: true });
  cpSync(join(ROOT, ".threadline/construct"), join(folder, "node_modules/threadline"), { recursive: true });
  for (const name of ["aws-cdk-lib", "constructs", "@types/node", "undici-types"])
    symlinkSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name), "dir");
  const settings = JSON.parse(readFileSync(TEMPLATE, "utf8")) as { compilerOptions: object };
  const compilerOptions = { ...settings.compilerOptions, types: ["node"], noEmit: false, outDir: "out" };
  const files = {
    "package.json": '{ "name": "shop", "private": true }',
    "tsconfig.json": JSON.stringify({ ...settings, compilerOptions, include: ["app.ts"] }),
    "langgraph.json":
      '{ "graphs": { "clerk": "./clerk.ts:graph" }, "http": { "cors": { "allow_origins": ["https://shop.example.com"] } } }',
    "clerk.ts": "export const graph = (): never => { throw new Error('not loaded at synth'); };\n",
    "app.ts": `
      import * as cdk from "aws-cdk-lib/core";
      import { Construct } from "constructs";
      import { AgentServer, type AgentServerProps } from "threadline";

      class Shop extends cdk.Stack {
        constructor(scope: Construct, id: string, props?: cdk.StackProps) {
          super(scope, id, props);
          const own: AgentServerProps = { config: "langgraph.json", cpu: "x64", load: false };
          const server = new AgentServer(this, "Agents", own);
          new cdk.CfnOutput(this, "Own", { value: server.url.url });
        }
      }
      const app = new cdk.App({ outdir: "cdk.out" });
      new Shop(app, "Shop");
      app.synth();
    `,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("N2: passes the app's tsc, also where the types of libraries are checked", () => {
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");

  expect(run(tsc).stdout).toBe("");
  // What the CDK itself has wrong there is not ours.
  expect(run(tsc, "--noEmit", "--skipLibCheck", "false").stdout).not.toContain("node_modules/threadline/");
});

test("N2: knows what its props are", () => {
  const wrong = 'import { AgentServer } from "threadline";\nnew AgentServer(undefined as never, "A", { config: 1 });\n';
  writeFileSync(join(folder, "wrong.ts"), wrong);
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  const { stdout } = run(tsc, "--ignoreConfig", "--noEmit", "--module", "nodenext", "--skipLibCheck", "wrong.ts");

  expect(stdout).toContain("wrong.ts(2,44): error TS2322: Type 'number' is not assignable to type 'string'");
});

test("N2: synthesises, with the project of that folder in the functions' code", () => {
  const { status, stderr } = run("out/app.js");

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
    "watch",
    "worker.mjs",
  ]);
  expect(readFileSync(join(folder, "cdk.out", code ?? "", "project", "manifest.json"), "utf8")).toContain('"clerk"');
});
