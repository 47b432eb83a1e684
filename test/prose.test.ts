/** How our prose is written: what a linter of code does not see. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const linesOf = (file: string): string[] => readFileSync(join(ROOT, file), "utf8").split("\n");
const below = (folder: string, suffix: string): string[] =>
  readdirSync(join(ROOT, folder), { encoding: "utf8", recursive: true })
    .filter((name) => name.endsWith(suffix) && !/(^|\/)(node_modules|fixtures|projects|\.threadline)\//.test(name))
    .map((name) => `${folder}/${name}`);

const PAGES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", ...below("docs", ".md")];
const CODE = ["functions", "infra", "packaging", "local", "command-line", "smoke", "cost", "bench", "test"].flatMap(
  (folder) => below(folder, ".ts"),
);
/** Characters of a line. */
const WIDTH = 140;
const COMMENT_LINES = 2;
const IS_COMMENT = /^\s*(\/?\*|\/\/)/;

test("documents have lines of at most 140 characters; tables and code are as wide as they must be", () => {
  const wide = PAGES.flatMap((file) => {
    let isCode = false;
    return linesOf(file).flatMap((line, i) => {
      if (line.startsWith("```")) isCode = !isCode;
      return line.length > WIDTH && !isCode && !line.trimStart().startsWith("|") ? [`${file}:${i + 1}`] : [];
    });
  });

  expect(wide).toEqual([]);
});

/** The lines of each comment, without tags. The header of a file may be longer: it says what the file is, and draws. */
function commentsIn(text: string): string[][] {
  const body = text.startsWith("/**") ? text.slice(text.indexOf("*/") + 2) : text;
  const blocks = [...body.matchAll(/^[ \t]*\/\*\*[^]*?\*\//gm)].map(([block]) =>
    block.split("\n").filter((line) => /^\s*(\/\*)?\*+ +[^@\s]/.test(line)),
  );
  const lines = [...body.matchAll(/(^[ \t]*\/\/ .*\n)+/gm)].map(([run]) => run.trimEnd().split("\n"));
  return [...blocks, ...lines];
}

test("comments have lines of at most 140 characters", () => {
  const lines = CODE.flatMap((file) => linesOf(file).map((line, i) => ({ line, at: `${file}:${i + 1}` })));
  const comments = lines.filter(({ line }) => IS_COMMENT.test(line));

  expect(comments.length).toBeGreaterThan(1_000);
  expect(comments.filter(({ line }) => line.length > WIDTH).map(({ at }) => at)).toEqual([]);
});

test("comments have two lines at most", () => {
  const all = CODE.map((file) => ({ file, comments: commentsIn(linesOf(file).join("\n")) }));
  const long = all.flatMap(({ file, comments }) =>
    comments.filter((lines) => lines.length > COMMENT_LINES).map(([first = ""]) => `${file}: ${first.trim()}`),
  );

  expect(all.flatMap(({ comments }) => comments).length).toBeGreaterThan(1_000);
  expect(long).toEqual([]);
});

test("SECURITY.md names tests that there are", () => {
  const named = new Set(linesOf("SECURITY.md").flatMap((line) => line.match(/\btest\/[\w/-]+\.test\.ts/g) ?? []));
  const files = new Set(below("test", ".test.ts"));

  expect(named.size).toBeGreaterThan(10);
  expect([...named].filter((file) => !files.has(file))).toEqual([]);
});
