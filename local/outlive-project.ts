/**
 * A project's code shares this process: a stray rejection or throw of one graph must not end the server, nor may `process.exit` at import.
 * Nor does it end with whoever reads what it prints (`npm start | head`).
 * On AWS and under `--isolated` the process is the project's own. Must not show texts: they may be what users wrote.
 */
import { whereThrown } from "../functions/core/failure/where-thrown.ts";

/** @returns the exit that really ends the process */
export function outliveProject(tell: (text: string) => void): (code: number) => never {
  // A failed write that nobody listens for would be an uncaught error, whose telling fails again, for ever.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  process.on("unhandledRejection", (reason) => tell(`a rejection that nobody handled: ${traceOf(reason)}`));
  process.on("uncaughtException", (error) => tell(`an error that nobody caught: ${traceOf(error)}`));
  const exit = process.exit.bind(process);
  process.exit = (code) => {
    throw new Error(`it called process.exit(${code ?? ""}), and served graphs share one process`);
  };
  return exit;
}

function traceOf(error: unknown): string {
  const { name, thrown_at = "" } = whereThrown(error);
  return `${name} ${thrown_at}`.trim();
}
