/**
 * N2: the construct in the app that `cdk init` makes, as infra/README.md says it: installed from the package, checked by that app's own
 * `tsc`, synthesised on Node 20, 22 and 24. Needs the package index, so it is no part of `npm test`.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { check, failed } from "../deploy/report.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const execute = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "threadline-cdk-app-"));
const app = join(folder, "shop");
mkdirSync(app);
const at = (cwd: string, program: string, args: string[], env: Record<string, string> = {}) =>
  execute(program, args, { cwd, env: { ...process.env, TMPDIR: folder, ...env }, maxBuffer: 1e8 });

/** What the project of the app brings itself: synth loads its graphs. */
const LANGGRAPH = ["@langchain/langgraph@1.7.3", "@langchain/core@1.4.0"];

/** The stack that infra/README.md shows, in the file where `cdk init` has one. */
function writeApp(): void {
  const readme = readFileSync(join(ROOT, "infra/README.md"), "utf8");
  const [, shown] = /## In a CDK app of your own[\s\S]*?```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  assert.ok(shown);
  writeFileSync(join(app, "lib/shop-stack.ts"), shown);
  writeFileSync(join(app, "langgraph.json"), '{ "graphs": { "clerk": "./agents/clerk.ts:graph" } }');
  mkdirSync(join(app, "agents"));
  writeFileSync(
    join(app, "agents/clerk.ts"),
    "export const graph = (): never => { throw new Error('not loaded'); };\n",
  );
}

try {
  await check("cdk init makes an app", async () => {
    const cdk = join(ROOT, "node_modules/aws-cdk/bin/cdk");
    await at(app, process.execPath, [cdk, "init", "app", "--language", "typescript", "--generate-only"]);
  });
  await check("the construct is packed and installed", async () => {
    const { stdout } = await at(ROOT, "npm", ["run", "--silent", "pack:construct"]);
    const [, file = ""] = /^npm install (.*)$/m.exec(stdout) ?? [];
    const nodes = ["20", "22"].map((major) => `node${major}@npm:node@${major}`);
    // The app's own Node packages run no script: their binary comes with a package of the platform.
    await at(app, "npm", ["install", "--no-audit", "--no-fund", file, ...LANGGRAPH]);
    mkdirSync(join(folder, "nodes"));
    await at(join(folder, "nodes"), "npm", ["install", "--no-audit", "--no-fund", ...nodes]);
  });
  if (!failed()) writeApp();
  for (const major of failed() ? [] : ["20", "22", "24"]) {
    const bin =
      major === "24" ? join(ROOT, "node_modules/node/bin") : join(folder, `nodes/node_modules/node${major}/bin`);
    const env = { PATH: [bin, process.env["PATH"]].join(delimiter), CDK_DISABLE_CLI_TELEMETRY: "true" };
    await check(`npx cdk synth on Node ${major}`, async () => {
      rmSync(join(app, "cdk.out"), { recursive: true, force: true });
      assert.match((await at(app, "node", ["--version"], env)).stdout, new RegExp(`^v${major}\\.`));
      await at(app, "npx", ["cdk", "synth", "--quiet"], env);
      const out = join(app, "cdk.out");
      assert.match(readFileSync(join(out, "ShopStack.template.json"), "utf8"), /api\.handler/);
      const code = readdirSync(out).find((name) => name.startsWith("asset.")) ?? "";
      assert.match(readFileSync(join(out, code, "project/manifest.json"), "utf8"), /"clerk"/);
    });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failed() ? 1 : 0);
