/**
 * `npm run pack:construct`: makes a package of the construct for other CDK apps, compiled, with its types and without a CDK. The package
 * refers to this checkout, which builds the artefacts.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { rolldown } from "rolldown";
import { isRecord } from "./source-files.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const OUT = path.join(ROOT, ".threadline");
const ENTRY = path.join(ROOT, "infra/agent-server.ts");
/** The oldest Node that CDK apps are synthesised with. */
const TARGET = "node20";

const manifest: unknown = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8"));
if (!isRecord(manifest) || !isRecord(manifest["dependencies"])) throw new Error("package.json has no dependencies.");
const { version, license, dependencies } = manifest;

const folder = path.join(OUT, "construct");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
await bundle();
declare();
const described = {
  name: "threadline",
  version,
  license,
  main: "agent-server.js",
  types: "index.d.ts",
  engines: { node: ">=20" },
  peerDependencies: { "aws-cdk-lib": `^${String(dependencies["aws-cdk-lib"])}`, constructs: "^10.0.0" },
};
writeFileSync(path.join(folder, "package.json"), JSON.stringify(described, undefined, 2));
const printed = execFileSync("npm", ["pack", "--silent", "--pack-destination", OUT], { cwd: folder, encoding: "utf8" });
process.stdout.write(`npm install ${path.join(OUT, printed.trim())}\n`);

/** As CommonJS, which every app can load. What `import.meta.url` leads to stays in this checkout. */
async function bundle(): Promise<void> {
  const source = pathToFileURL(path.join(ROOT, "infra/project-code.ts")).href;
  const build = await rolldown({
    input: ENTRY,
    platform: "node",
    // A UMD file (jsonc-parser's main) hides its own imports from the bundler.
    resolve: { mainFields: ["module", "main"] },
    external: [/^aws-cdk-lib(\/|$)/, "constructs"],
    transform: { target: TARGET, define: { "import.meta.url": JSON.stringify(source) } },
  });
  await build.write({ file: path.join(folder, "agent-server.js"), format: "cjs" });
  await build.close();
}

/** The class and its props: all that an app sees. */
function declare(): void {
  const all = path.join(folder, "all-types");
  const config = path.join(folder, "tsconfig.json");
  const compilerOptions = { noEmit: false, declaration: true, emitDeclarationOnly: true, rootDir: ROOT, outDir: all };
  const extended = path.join(ROOT, "tsconfig.json");
  writeFileSync(config, JSON.stringify({ extends: extended, compilerOptions, include: [], files: [ENTRY] }));
  const tsc = path.join(ROOT, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [tsc, "-p", config], { stdio: "inherit" });
  for (const name of ["agent-server.d.ts", "agent-server-props.d.ts", "server-parts.d.ts"]) {
    const text = readFileSync(path.join(all, "infra", name), "utf8");
    // Other people's settings do not allow the suffix of sources in an import.
    writeFileSync(path.join(folder, name), text.replaceAll(/(from "\.[^"]+)\.ts"/g, '$1"'));
  }
  for (const each of [all, config]) rmSync(each, { recursive: true });
  writeFileSync(
    path.join(folder, "index.d.ts"),
    'export { AgentServer } from "./agent-server";\nexport type { AgentServerProps } from "./agent-server-props";\n',
  );
}
