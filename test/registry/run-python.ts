/**
 * What needs a Python with LangGraph: `npm run test:python` checks the child and its tests with ruff, mypy and pytest, then runs
 * test/python. TEST_PYTHON names an interpreter with other versions; then nothing is installed, and only what runs graphs is run.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { installPython } from "./install.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const ROOT = here("../..");
const CONFIG = here("../python/vitest.config.ts");
/** What they check and how is in pyproject.toml. */
const CHECKS = [
  ["ruff", "check", "--no-cache"],
  ["ruff", "format", "--no-cache", "--check"],
  ["mypy", "--cache-dir", "/dev/null"],
  ["pytest", "-q", "-p", "no:cacheprovider"],
];

const asked = process.env["TEST_PYTHON"];
const python = asked ?? (await installPython());
if (python === undefined) console.log("Skipped: there is no python3 on PATH.");
else {
  const env = { ...process.env, TEST_PYTHON: python, PYTHONDONTWRITEBYTECODE: "1" };
  const run = async (program: string, args: string[], cwd?: string): Promise<boolean> => {
    const [code] = (await once(spawn(program, args, { stdio: "inherit", env, ...(cwd && { cwd }) }), "exit")) as [
      number,
    ];
    if (code !== 0) process.exitCode = 1;
    return code === 0;
  };
  const check = async (args: string[]): Promise<void> => {
    const passed = await run(python, ["-m", ...args], ROOT);
    console.log(`${passed ? "ok" : "FAIL"} ${args[0]}${args[1] === "format" ? " format" : ""}`);
  };
  // Side by side, as the tests wait more than they work.
  const checks = (asked === undefined ? CHECKS : []).map(check);
  await Promise.all([...checks, run("npx", ["vitest", "run", "--config", CONFIG])]);
}
