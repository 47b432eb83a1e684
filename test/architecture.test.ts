/**
 * The rules of the layout that no type checks: who may import whom, which packages a folder may use, how long a file may be, which words
 * have no place in the repository. Reads source text only.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { circles } from "./support/circles.ts";
import { type Rule, RULES } from "./support/layout-rules.ts";
import { VERSION } from "../functions/host/version.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

interface Import {
  file: string;
  target: string;
  typeOnly: boolean;
}

const filesBelow =
  (suffix: string) =>
  (folder: string): string[] =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .map((name) => join(folder, name).split(sep).join("/"))
      .filter((name) => name.endsWith(suffix) && !/(^|\/)(node_modules|fixtures|\.threadline)\//.test(name));
const below = (folder: string): string[] => [...filesBelow(".ts")(folder), ...filesBelow(".tsx")(folder)];

const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");
const lines = (file: string): number => read(file).trimEnd().split("\n").length;
const nameOf = (specifier: string): string => specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
const product = ["functions", "page", "infra", "packaging", "local", "command-line"].flatMap(below);
const tools = ["smoke", "cost", "bench"].flatMap(below);
const ruled = [...product, ...tools];
const styles = filesBelow(".css")("page");
const all = [...ruled, ...["graphs", "test"].flatMap(below)];

/** Statements at the beginning of a line, and `import()` anywhere. */
function importsOf(file: string): Import[] {
  const text = read(file).replaceAll(/\/\*[\s\S]*?\*\//g, "");
  const found = [
    ...text.matchAll(/^(?:import|export)\s+(type\s)?[^;"'`]*?from\s+"([^"]+)"/gm),
    ...text.matchAll(/^import\s+()"([^"]+)"/gm),
    ...text.matchAll(/\bimport()\("([^"]+)"\)/g),
  ];
  return found.map(([, type, specifier = ""]) => ({
    file,
    target: specifier.startsWith(".") ? relative(ROOT, resolve(ROOT, dirname(file), specifier)) : specifier,
    typeOnly: type !== undefined && type !== "",
  }));
}

const matches = (path: string, pattern: string): boolean =>
  pattern.endsWith("/*")
    ? dirname(path) === pattern.slice(0, -2)
    : path === pattern || path.startsWith(pattern.endsWith(":") ? pattern : `${pattern}/`);

const ruleOf = (file: string): Rule | undefined =>
  RULES.filter(({ of }) => matches(file, of)).toSorted((a, b) => b.of.length - a.of.length)[0];

const isOurs = ({ target }: Import): boolean =>
  target === "package.json" ||
  /^(functions|page|infra|packaging|local|command-line|smoke|cost|bench|graphs|test)\//.test(target);

function isAllowed(one: Import, rule: Rule): boolean {
  const types = one.typeOnly ? (rule.types ?? []) : [];
  if (isOurs(one)) return [...rule.ours, ...types].some((path) => matches(one.target, path));
  const names = [...rule.packages, ...types];
  return names.some((name) => matches(one.target, name));
}

test("the rules see imports at all", () => {
  const imports = product.flatMap(importsOf);

  expect(imports.filter(isOurs).length).toBeGreaterThan(200);
  expect(imports.filter(({ typeOnly }) => typeOnly).length).toBeGreaterThan(50);
});

test("files of the product and of its tools import only what their folder may", () => {
  const unruled = ruled.filter((file) => ruleOf(file) === undefined);
  const forbidden = ruled.flatMap(importsOf).filter((one) => {
    const rule = ruleOf(one.file);
    return rule !== undefined && !isAllowed(one, rule);
  });

  expect(unruled).toEqual([]);
  expect(forbidden.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
});

test("only local/, bench/ and test/ know the entries", () => {
  const entries = below("functions").filter((file) => dirname(file) === "functions");
  const outside = ruled
    .filter((file) => !/^(local|bench)\//.test(file) && dirname(file) !== "functions")
    .flatMap(importsOf)
    .filter(({ target }) => entries.includes(target));

  expect(outside.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
});

test("every package that is imported is one that package.json names", () => {
  const Names = z.record(z.string(), z.string()).default({});
  const manifest = z.object({ dependencies: Names, devDependencies: Names }).parse(JSON.parse(read("package.json")));
  const types = Object.keys(manifest.devDependencies).map((name) => name.replace(/^@types\//, ""));
  const known = new Set([...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies), ...types]);

  const unknown = ruled
    .flatMap(importsOf)
    .filter((one) => !isOurs(one) && !one.target.startsWith("node:"))
    .filter(({ target }) => !known.has(nameOf(target)));

  expect(unknown.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
});

test("modules of Node carry its prefix, ours their suffix", () => {
  const wrong = ruled
    .flatMap(importsOf)
    .filter(
      (one) =>
        (builtinModules.includes(one.target) && !one.target.startsWith("node:")) ||
        (isOurs(one) && !/\.(tsx?|json)$/.test(one.target)),
    );

  expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
});

test("files stay short", () => {
  const sizes = product.map(lines).toSorted((a, b) => a - b);
  const at = (share: number): number => sizes[Math.floor(sizes.length * share)] ?? 0;
  const python = ["functions", "test"].flatMap(filesBelow(".py"));

  expect(python.length).toBeGreaterThan(20);
  expect([...all, ...python, ...styles].filter((file) => lines(file) > 300)).toEqual([]);
  expect(at(0.5)).toBeLessThanOrEqual(90);
  expect(at(0.9)).toBeLessThanOrEqual(300);
});

/** The only files that ask the system for the time, and those of tools that print or note the date. */
const TIME = ["functions/host/clock-and-ids.ts"];
const DATES = ["packaging/compile-project.ts", "smoke/smoke.ts"];

test("E1: time comes from the port Clock; tools measure by the monotonic clock", () => {
  const server = product.filter((file) => /^(functions|local)\//.test(file) && !TIME.includes(file));
  const monotonic = ["packaging", "infra", "smoke", "cost"].flatMap(below).filter((file) => !DATES.includes(file));
  const own = /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bhrtime\b/;
  const wall = /\bDate\.now\b|\bnew Date\(\)/;

  expect(server.filter((file) => own.test(read(file)))).toEqual([]);
  expect(monotonic.filter((file) => wall.test(read(file)))).toEqual([]);
  expect([...TIME, ...DATES].filter((file) => !wall.test(read(file)))).toEqual([]);
});

test("types are not talked out of", () => {
  const ways = /\bas any\b|\bas never\b|@ts-(ignore|nocheck|expect-error)|\b(enum|namespace) [A-Z]|^export default/m;

  expect(ruled.filter((file) => ways.test(read(file)))).toEqual([]);
});

test("names say what a file does", () => {
  const vague = /(^|\/)(utils?|helpers?|common|manager|misc|index)\.ts$|[A-Z_]/;

  expect(ruled.filter((file) => vague.test(file))).toEqual([]);
});

test("every module begins with what it is", () => {
  expect(ruled.filter((file) => !read(file).startsWith("/**"))).toEqual([]);
  expect(styles.filter((file) => !read(file).startsWith("/* "))).toEqual([]);
});

test("no file imports itself, by any way round, types included", () => {
  const imports = new Map(ruled.map((file) => [file, importsOf(file).map(({ target }) => target)]));

  expect(circles(imports).map((circle) => circle.toSorted().join(" ↔ "))).toEqual([]);
});

test("nothing speaks of one machine or of one registry", () => {
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: ROOT, encoding: "utf8" });
  const words = new RegExp(["/(work|root)/[a-z.]", "registry[.]npmjs", "pypi[.]org", "repo1[.]maven"].join("|"));
  const text = files
    .trim()
    .split("\n")
    .filter((file) => /\.(ts|json|md|py|txt|mjs|cjs|sh|yml)$|(^|\/)run$|^\.[a-z]+$/.test(file));

  expect(text.filter((file) => words.test(read(file)))).toEqual([]);
});

test("the version that /info tells is the package's", () => {
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(read("package.json")));

  expect(VERSION).toBe(version);
});
