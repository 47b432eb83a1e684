/**
 * Runs one program for a parent that may die without a word: when the pipe from the parent ends, the program ends. A process of its own;
 * must not import anything of ours.
 *
 *     node local/guard.ts PROGRAM [ARGUMENT ...]
 */
import { spawn } from "node:child_process";

const [program = "", ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ["ignore", "ignore", "inherit"] });
const stop = () => child.kill();

process.stdin.on("end", stop).on("error", stop).resume();
process.on("SIGTERM", stop).on("SIGINT", stop);
child.on("error", () => process.exit(127));
child.on("exit", (code) => process.exit(code ?? 0));
