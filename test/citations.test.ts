/** What comments cite exists: sections and steps of docs/design.md, its model rules, and the decisions of docs/decisions.md. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDERS = "{functions,infra,packaging,local,command-line,cost,bench,smoke,test}/**/*.ts";

const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");
const numbersIn = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].flatMap(([, found]) => found ?? []);

const design = read("docs/design.md");
const sections = numbersIn(design, /^## (\d+)\. /gm);
const lifeOfARun = /^## 4\. [^]*?(?=^## )/m.exec(design)?.[0] ?? "";

const CITED: readonly (readonly [citation: RegExp, known: readonly string[]])[] = [
  [/\bdesign (\d+)\b/g, sections],
  [/\bdesign \d+\.(\d+)\b/g, numbersIn(lifeOfARun, /^(\d+)\. /gm)],
  [/\bdecision (\d+)\b/g, numbersIn(read("docs/decisions.md"), /^\*\*(\d+)\. /gm)],
  [/\(model rule (\w+)/g, numbersIn(design, /^\| (\w+) +\| /gm)],
];

test("every citation exists", () => {
  const files = globSync(FOLDERS, { cwd: ROOT }).filter((file) => !/node_modules|fixtures/.test(file));
  const dangling = files.flatMap((file) => {
    const text = read(file).replaceAll(/\s*\n\s*(?:\*|\/\/) ?/g, " ");
    return CITED.flatMap(([citation, known]) =>
      [...text.matchAll(citation)].flatMap(([cited, name = ""]) => (known.includes(name) ? [] : [`${file}: ${cited}`])),
    );
  });

  expect(files.length).toBeGreaterThan(300);
  expect(dangling).toEqual([]);
});

test("the sections are numbered without a gap", () => {
  expect(sections).toEqual(sections.map((_, index) => String(index + 1)));
});
